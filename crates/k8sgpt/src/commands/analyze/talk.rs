//! A conversation about the report.

use crate::failure::Failure;
use crate::print;
use engine::{Chat, Report};
use tokio::io::{AsyncBufReadExt, BufReader};

/// Reads questions from standard input, a line each, until it ends or somebody wants to leave.
pub async fn talk(mut chat: Chat, report: &Report) -> Result<(), Failure> {
    print::note("\nAsk about it; exit or Ctrl-D ends.");
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        print::prompt("> ");
        let Ok(Some(line)) = lines.next_line().await else { return Ok(()) };
        match line.trim() {
            "" => continue,
            // Only these words alone: questions are about exit codes often enough.
            "exit" | "quit" | "/exit" | "/quit" => return Ok(()),
            question => {
                let mut broken = None;
                let mut said = |text: &str| broken = print::part(text).err().or(broken.take());
                if let Err(reason) = chat.ask(report, question, &mut said).await {
                    print::note(&format!("Error: {reason}"));
                }
                print::part("\n")?;
                if let Some(failure) = broken {
                    return Err(failure);
                }
            }
        }
    }
}
