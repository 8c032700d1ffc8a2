//! Running the program under test: its own configuration folder, a deadline, and an eye on what it says.

use std::cell::RefCell;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::checks::expect;
use crate::error::{Error, Result};

/// Values that the scenario's Secrets hold; part of one betrays it.
pub(crate) const CANARIES: [&str; 2] = ["canary-7f3a91c2", "Y2FuYXJ5LTdmM2E5MWMy"];

/// The longest a run may take.
const LIMIT: Duration = Duration::from_secs(60);

/// The program under test and the cluster it looks at.
pub(crate) struct Program {
    binary: PathBuf,
    kubeconfig: PathBuf,
    home: TempDir,
    heard: RefCell<Heard>,
}

/// What was said so far, searched for secrets.
#[derive(Default)]
pub(crate) struct Heard {
    /// How many texts.
    pub(crate) texts: usize,
    /// Those that hold a secret value.
    pub(crate) leaks: Vec<String>,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Output {
    /// The exit code; none when a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
    /// From start to end.
    pub(crate) wall: Duration,
}

impl Program {
    /// The program for the cluster of this kubeconfig.
    pub(crate) fn new(binary: &Path, kubeconfig: &Path) -> Result<Self> {
        let home = TempDir::with_prefix("k8sgpt-e2e-").map_err(Error::io("create a temporary folder"))?;
        Ok(Self { binary: binary.into(), kubeconfig: kubeconfig.into(), home, heard: RefCell::default() })
    }

    /// The program, not yet started, with nothing of this machine's configuration.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        for (name, _) in std::env::vars_os() {
            // Those of AWS too: it must not be asked.
            if ["K8SGPT_", "AWS_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        command.args(args).env("KUBECONFIG", &self.kubeconfig);
        command.env("HOME", self.home.path()).env("XDG_CONFIG_HOME", self.home.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Result<Output> {
        self.finish(&mut self.command(args))
    }

    /// Runs it and reads its standard output as JSON; another exit code than 0 is an error.
    pub(crate) fn json(&self, args: &[&str]) -> Result<Value> {
        json_of(&self.run(args)?)
    }

    /// Starts a command and waits for its end, at most [`LIMIT`].
    pub(crate) fn finish(&self, command: &mut Command) -> Result<Output> {
        let what = format!("{command:?}");
        let begun = Instant::now();
        let mut child = command.spawn().map_err(Error::io(format!("run {what}")))?;
        let (stdout, stderr) = (collect(child.stdout.take()), collect(child.stderr.take()));
        let code = wait(&mut child, &what, LIMIT)?;
        let wall = begun.elapsed();
        let (stdout, stderr) = (stdout.join().unwrap_or_default(), stderr.join().unwrap_or_default());
        self.hear(&what, &stdout);
        self.hear(&what, &stderr);
        Ok(Output { code, stdout, stderr, wall })
    }

    /// The names of all filters but these, those that are not active too, as `--filter` takes them.
    pub(crate) fn filters(&self, without: &[&str]) -> Result<String> {
        let listed = self.run(&["filters", "list"])?;
        let names =
            listed.stdout.lines().filter_map(|line| line.strip_prefix("> ")?.split_whitespace().next());
        let names: Vec<&str> = names.filter(|name| !without.contains(name)).collect();
        expect(names.len() > 10, || format!("filters list names {names:?}"))?;
        Ok(names.join(","))
    }

    /// Searches a text that the program gave for secret values.
    pub(crate) fn hear(&self, source: &str, text: &str) {
        let mut heard = self.heard.borrow_mut();
        heard.texts += 1;
        if CANARIES.iter().any(|canary| text.contains(canary)) {
            heard.leaks.push(source.to_owned());
        }
    }

    /// What was said, for the check at the end.
    pub(crate) fn heard(&self) -> std::cell::Ref<'_, Heard> {
        self.heard.borrow()
    }
}

/// Standard output as JSON; another exit code than 0 is an error.
pub(crate) fn json_of(output: &Output) -> Result<Value> {
    if output.code != Some(0) {
        return Err(Error::Other(format!("exit code {:?}: {}", output.code, output.stderr.trim())));
    }
    serde_json::from_str(&output.stdout).map_err(Error::json("standard output"))
}

/// Waits for the end of a process; one that outlives the limit is ended and is an error.
pub(crate) fn wait(child: &mut Child, what: &str, limit: Duration) -> Result<Option<i32>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(Error::io(format!("wait for {what}")))? {
            return Ok(status.code());
        }
        if begun.elapsed() > limit {
            child.kill().and_then(|()| child.wait()).map_err(Error::io(format!("end {what}")))?;
            return Err(Error::Other(format!("{what} did not end within {limit:?}")));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Reads a pipe to its end on a thread of its own.
pub(crate) fn collect<R: Read + Send + 'static>(pipe: Option<R>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).unwrap_or_default();
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
