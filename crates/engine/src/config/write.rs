//! Writing a file so that a reader sees the old or the new text, never half of one.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

/// How long a change waits for another process.
pub(super) const LOCK_WAIT: Duration = Duration::from_secs(2);

/// The file that a path means: itself, or what its symbolic links lead to, even if that is missing.
pub(super) fn target(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..32 {
        if !path.symlink_metadata().is_ok_and(|meta| meta.is_symlink()) {
            return Ok(path);
        }
        let next = fs::read_link(&path)?;
        path = path.parent().unwrap_or(Path::new("")).join(next);
    }
    Err(io::Error::other("too many symbolic links"))
}

/// Creates a directory and its missing parents, open to the user alone.
pub(super) fn private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Takes the lock beside a file. `None` when another process held it for too long. Released on drop.
pub(super) fn lock(path: &Path, wait: Duration) -> io::Result<Option<File>> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".lock");
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path.with_file_name(name))?;
    match file.try_lock() {
        Ok(()) => return Ok(Some(file)),
        Err(TryLockError::Error(error)) => return Err(error),
        Err(TryLockError::WouldBlock) => {}
    }
    // A thread that blocks is woken at each release; polling can miss all of them between two busy
    // writers. When the wait is over before the lock is free, the thread gets it later and drops it.
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || send.send(file.lock().map(|()| file)));
    receive.recv_timeout(wait).map_or(Ok(None), |locked| locked.map(Some))
}

/// Replaces a file's text. A new file is open to its user alone, an existing one keeps its mode unless it is
/// to be `private`. `before_rename` runs at the last moment at which nothing has changed yet.
pub(super) fn replace(
    path: &Path,
    text: &str,
    private: bool,
    before_rename: impl FnOnce() -> io::Result<()>,
) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A temporary file is created with mode 0600.
    let mut temporary = tempfile::Builder::new().prefix(".k8sgpt-").suffix(".tmp").tempfile_in(directory)?;
    temporary.write_all(text.as_bytes())?;
    if !private && let Ok(meta) = path.metadata() {
        temporary.as_file().set_permissions(meta.permissions())?;
    }
    temporary.as_file().sync_all()?;
    before_rename()?;
    temporary.persist(path).map_err(|error| error.error)?;
    // The rename itself lasts only once the directory is written; not every system can do that.
    let _ = File::open(directory).and_then(|directory| directory.sync_all());
    Ok(())
}
