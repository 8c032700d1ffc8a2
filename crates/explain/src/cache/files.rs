//! Entries as files of this machine.
//!
//! A file is written beside its place and renamed into it, so that a reader sees a whole entry or none, whatever
//! other processes do. The directory belongs to the user alone, and links in it are never followed.

use super::{CacheError, Key, Listed, MAX_ENTRY_BYTES};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Prefix of files that are being written.
const TEMPORARY: &str = ".writing-";
/// A file that has been written for so long never will be.
const ABANDONED: Duration = Duration::from_secs(600);

/// The directory.
#[derive(Clone, Debug)]
pub(super) struct Files(pub(super) PathBuf);

impl Files {
    pub(super) fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, CacheError> {
        if !self.is_safe()? {
            return Ok(None);
        }
        match read(&self.0.join(key.as_str())) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed("read an entry")(error)),
        }
    }

    pub(super) fn put(&self, key: &Key, bytes: &[u8]) -> Result<(), CacheError> {
        self.make()?;
        self.write(key, bytes).map_err(self.failed("write an entry"))
    }

    fn write(&self, key: &Key, bytes: &[u8]) -> io::Result<()> {
        // A temporary file is created anew, with mode 0600.
        let mut file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(&self.0)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(self.0.join(key.as_str())).map_err(|error| error.error)?;
        Ok(())
    }

    /// True when there was one.
    pub(super) fn delete(&self, key: &Key) -> Result<bool, CacheError> {
        match fs::remove_file(self.0.join(key.as_str())) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(self.failed("delete an entry")(error)),
        }
    }

    /// Of an entry each; whatever else is in the directory is not ours.
    pub(super) fn list(&self) -> Result<Vec<Listed>, CacheError> {
        let mut found = Vec::new();
        for (name, meta) in self.content()? {
            if let Some(key) = Key::parse(&name) {
                let updated = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                found.push(Listed { key, bytes: meta.len(), updated });
            }
        }
        Ok(found)
    }

    /// Deletes entries and what interrupted processes left; gives the number of entries.
    pub(super) fn delete_all(&self) -> Result<u64, CacheError> {
        let mut deleted = 0;
        for (name, meta) in self.content()? {
            match Key::parse(&name) {
                Some(key) => deleted += u64::from(self.delete(&key)?),
                None if name.starts_with(TEMPORARY) && is_abandoned(&meta) => {
                    // Another process may just have removed it.
                    let _ = fs::remove_file(self.0.join(name));
                }
                None => {}
            }
        }
        Ok(deleted)
    }

    /// Names and metadata of the regular files and links in the directory; nothing when it is missing.
    fn content(&self) -> Result<Vec<(String, fs::Metadata)>, CacheError> {
        let failed = self.failed("list it");
        let all = match fs::read_dir(&self.0) {
            Ok(all) => all,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut found = Vec::new();
        for entry in all {
            let entry = entry.map_err(&failed)?;
            let name = entry.file_name().into_string().ok();
            // The metadata of a link is its own.
            match name.zip(entry.metadata().ok()).filter(|(_, meta)| !meta.is_dir()) {
                Some(known) => found.push(known),
                None => continue,
            }
        }
        Ok(found)
    }

    /// Creates the directory, or makes an existing one private.
    fn make(&self) -> Result<(), CacheError> {
        if self.is_safe()? {
            return Ok(());
        }
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0).map_err(self.failed("create it"))?;
        self.is_safe().map(drop)
    }

    /// False when the directory is missing.
    fn is_safe(&self) -> Result<bool, CacheError> {
        let meta = match fs::symlink_metadata(&self.0) {
            Ok(meta) => meta,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(self.failed("look at it")(error)),
        };
        let refused = |problem| Err(CacheError::Unsafe { path: self.0.clone(), problem });
        if !meta.is_dir() {
            return refused("is no directory; remove it, or set XDG_CACHE_HOME to another place");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = meta.permissions().mode();
            // Only the owner may do this, so that a directory of somebody else does not pass for ours.
            let made = match mode & 0o077 {
                0 => Ok(()),
                _ => fs::set_permissions(&self.0, fs::Permissions::from_mode(0o700)),
            };
            let harmless =
                |error: &io::Error| error.kind() == ErrorKind::ReadOnlyFilesystem && mode & 0o022 == 0;
            if made.is_err_and(|error| !harmless(&error)) {
                return refused("is open to others and not yours; set XDG_CACHE_HOME to a place of your own");
            }
        }
        Ok(true)
    }

    fn failed(&self, action: &'static str) -> impl Fn(io::Error) -> CacheError + use<> {
        let path = self.0.clone();
        move |source| CacheError::File { path: path.clone(), action, source }
    }
}

fn is_abandoned(meta: &fs::Metadata) -> bool {
    let age = meta.modified().ok().and_then(|modified| modified.elapsed().ok());
    age.is_some_and(|age| age > ABANDONED)
}

/// The bytes of a regular file. Anything else under the name of an entry gives none, and is never waited for.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Ok(Vec::new());
    }
    let file = File::open(path)?;
    let mut bytes = Vec::new();
    file.take(MAX_ENTRY_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
