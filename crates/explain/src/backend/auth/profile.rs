//! Files of sections with `key = value` lines: `~/.aws/credentials`, `~/.aws/config`, `~/.oci/config`.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::BackendError;

/// The settings of one section. Has no `Debug`: it may hold keys.
#[derive(Default)]
pub(super) struct Section(BTreeMap<String, String>);

impl Section {
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The settings of another one, as far as this one has none.
    pub(super) fn or(mut self, other: Section) -> Section {
        for (key, value) in other.0 {
            self.0.entry(key).or_insert(value);
        }
        self
    }
}

/// The section of this name; none where the file has none or is not there.
pub(super) fn section(path: &Path, name: &str) -> Result<Option<Section>, BackendError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(BackendError::File { path: path.to_owned(), reason: error.to_string() });
        }
    };
    Ok(parsed(&String::from_utf8_lossy(&bytes), name))
}

fn parsed(text: &str, name: &str) -> Option<Section> {
    let mut found: Option<Section> = None;
    let mut within = false;
    for line in text.trim_start_matches('\u{feff}').lines() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = bare.strip_prefix('[') {
            within = rest.split(']').next().unwrap_or_default().trim() == name;
            if within {
                found.get_or_insert_default();
            }
        } else if let (true, Some(section), Some((key, value))) = (within, &mut found, line.split_once('='))
            // Indented lines belong to nested settings, which nothing here reads.
            && !line.starts_with([' ', '\t'])
        {
            section.0.insert(key.trim().to_ascii_lowercase(), uncommented(value.trim()).to_owned());
        }
    }
    found
}

/// A comment after a value begins with a space and a sign.
fn uncommented(value: &str) -> &str {
    let end = [" #", " ;", "\t#", "\t;"].iter().filter_map(|sign| value.find(sign)).min();
    value[..end.unwrap_or(value.len())].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_what_is_none() {
        let text =
            "# mine\n[default]\nregion = eu-west-1 # near\ns3 =\n  region = nested\n[dev]\r\nKey=a+/=b\r\n";
        let default = parsed(text, "default").unwrap();
        assert_eq!(default.get("region"), Some("eu-west-1"));
        assert_eq!(parsed(text, "dev").unwrap().get("key"), Some("a+/=b"));
        assert!(parsed(text, "x").is_none());
        let missing = section(Path::new("/nonexistent/file"), "default");
        assert!(matches!(missing, Ok(None)));
    }
}
