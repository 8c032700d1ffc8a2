//! An earlier report: what it holds is known.

use crate::Error;
use analyzers::Cause;
use serde_json::Value;
use std::collections::HashSet;
use std::path::Path;

/// The fingerprints of an earlier report's causes.
#[derive(Debug)]
pub(crate) struct Baseline(HashSet<String>);

impl Baseline {
    /// Reads a report that was written with `-o json` or `-o yaml`.
    pub fn read(path: &Path) -> Result<Baseline, Error> {
        let failed = |reason: String| Error::BadBaseline { path: path.to_owned(), reason };
        let text =
            std::fs::read_to_string(path).map_err(|error| failed(format!("cannot be read: {error}")))?;
        let document: Value = match serde_json::from_str(&text) {
            Ok(document) => document,
            Err(_) => {
                serde_saphyr::from_str(&text).map_err(|_| failed("is neither JSON nor YAML".to_owned()))?
            }
        };
        let Some(causes) = document.get("causes").and_then(Value::as_array) else {
            return Err(failed("is no report: it has no list `causes`".to_owned()));
        };
        let named: HashSet<String> =
            causes.iter().filter_map(|c| Some(c.get("fingerprint")?.as_str()?.to_owned())).collect();
        if named.is_empty() && !causes.is_empty() {
            return Err(failed("its causes have no fingerprints: an older version wrote it".to_owned()));
        }
        Ok(Baseline(named))
    }

    /// True when the report had this fault.
    pub fn knows(&self, cause: &Cause) -> bool {
        self.0.contains(&cause.fingerprint())
    }
}
