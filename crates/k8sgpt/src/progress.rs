//! A line on the terminal while something takes long.

use crate::print;
use std::io::Write;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const QUIET: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(200);

/// Shows what is being done on standard error once it has taken a second. Does nothing when standard
/// error is not a terminal. Dropping it wipes the line.
pub struct Progress {
    running: Option<(mpsc::Sender<String>, JoinHandle<()>)>,
}

impl Progress {
    /// Begins to count.
    pub fn start(what: &str) -> Progress {
        if !print::watched() {
            return Progress { running: None };
        }
        let (sender, receiver) = mpsc::channel();
        let what = what.to_owned();
        Progress { running: Some((sender, std::thread::spawn(move || show(what, &receiver)))) }
    }

    /// Changes the text.
    pub fn say(&self, what: String) {
        if let Some((sender, _)) = &self.running {
            let _ = sender.send(what);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.running.take() {
            drop(sender);
            let _ = thread.join();
        }
    }
}

fn show(mut what: String, receiver: &mpsc::Receiver<String>) {
    let started = Instant::now();
    let mut shown = false;
    loop {
        match receiver.recv_timeout(STEP) {
            Ok(text) => what = text,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if started.elapsed() >= QUIET {
            shown = true;
            let _ = write!(std::io::stderr(), "\r\x1b[2K{what} … {} s", started.elapsed().as_secs());
        }
    }
    if shown {
        let _ = write!(std::io::stderr(), "\r\x1b[2K");
    }
}
