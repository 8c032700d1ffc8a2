//! `generate`: where the key of a backend is made.

use crate::cli::GenerateArgs;
use crate::failure::Failure;
use crate::print;
use engine::providers;

/// Runs the command.
pub fn run(args: &GenerateArgs) -> Result<(), Failure> {
    let backend = providers::find(&args.backend)?;
    let name = backend.name;
    let add = format!("`k8sgpt auth add -b {name}`");
    print::out(&match (backend.key_page, backend.passwordless) {
        ("", _) => format!("{name} needs no key; {add} adds it"),
        (page, false) => {
            format!("{page}\nMake a key for {name} there; {add} asks for it and adds the provider")
        }
        (page, true) => format!("{page}\n{name} needs no key of this program's own; {add} adds it"),
    })
}
