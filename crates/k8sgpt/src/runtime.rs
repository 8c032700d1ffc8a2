//! The async runtime, started only by the commands that need it.

use crate::failure::Failure;
use tokio::runtime::{Builder, Runtime};

/// More threads than this do not make one cluster answer faster.
const MAX_THREADS: usize = 8;

/// A runtime with a thread a core, few in any case.
pub fn start() -> Result<Runtime, Failure> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let built = Builder::new_multi_thread().worker_threads(cores.clamp(1, MAX_THREADS)).enable_all().build();
    built.map_err(|error| Failure::Failed(format!("the async runtime cannot start: {error}")))
}
