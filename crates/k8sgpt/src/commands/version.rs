//! `version`.

use crate::cli::Form;
use crate::failure::Failure;
use crate::print;

/// Version number.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Commit that this was built from.
pub const COMMIT: &str = env!("K8SGPT_COMMIT");
/// When this was built.
pub const DATE: &str = env!("K8SGPT_BUILD_DATE");

/// What follows the program's name.
pub const LINE: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    " (",
    env!("K8SGPT_COMMIT"),
    "), built at: ",
    env!("K8SGPT_BUILD_DATE")
);

/// Runs the command.
pub fn run(form: Form) -> Result<(), Failure> {
    match form {
        Form::Text => print::out(&format!("k8sgpt: {LINE}")),
        Form::Json => {
            let version = serde_json::json!({ "version": VERSION, "commit": COMMIT, "date": DATE });
            print::out(&format!("{version:#}"))
        }
    }
}
