//! The only place that writes to standard output, MCP's stdio transport aside.

use crate::failure::Failure;
use anstream::{AutoStream, ColorChoice};
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

/// Writes a text and a line end if it has none. A closed pipe is an error of its kind, which ends the
/// program quietly.
pub fn out(text: &str) -> Result<(), Failure> {
    let mut out = AutoStream::auto(io::stdout().lock());
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// Writes a part of a line, at once.
pub fn part(text: &str) -> Result<(), Failure> {
    let mut out = AutoStream::auto(io::stdout().lock());
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Writes a line to standard error. That nobody reads it is no reason to stop.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Asks for input on standard error; there is no line end.
pub fn prompt(text: &str) {
    let mut err = io::stderr().lock();
    let _ = write!(err, "{text}").and_then(|()| err.flush());
}

/// True when standard output is a terminal that wants colour.
pub fn color() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}

/// True when a person sees standard output.
pub fn terminal() -> bool {
    io::stdout().is_terminal()
}

/// True when standard error is a terminal that wants colour.
pub fn color_err() -> bool {
    AutoStream::choice(&io::stderr()) != ColorChoice::Never
}

/// True when a person sees standard error.
pub fn watched() -> bool {
    io::stderr().is_terminal()
}

/// Prints a failure and gives its exit code.
pub fn failure(failure: &Failure) -> ExitCode {
    match failure {
        Failure::Failed(text) | Failure::Usage(text) => note(&format!("Error: {text}")),
        Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        Failure::Output(error) => note(&format!("Error: standard output: cannot be written: {error}")),
    }
    failure.code()
}

/// Prints what the argument parser has to say: help to standard output, mistakes to standard error.
pub fn usage(error: &clap::Error) -> ExitCode {
    let text = error.render();
    if error.use_stderr() {
        let _ = write!(AutoStream::auto(io::stderr().lock()), "{}", text.ansi());
        return ExitCode::from(crate::failure::USAGE);
    }
    match out(&text.ansi().to_string()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure(&error),
    }
}
