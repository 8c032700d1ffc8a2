//! Text files as people have them: with a byte order mark, or in the UTF-16 that PowerShell's `>`
//! writes.

use serde::de::DeserializeOwned;

/// Decodes the bytes of a text file; none when it is not text.
pub(crate) fn decode(bytes: Vec<u8>) -> Option<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16(&units).ok()
    };
    match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes).ok(),
    }
}

/// The documents of a YAML text; an error is a line, from 1, and a reason that quotes no source.
///
/// No budget: a dump of some megabytes is more than the parser's default allows. No snippets: a
/// kubeconfig or a dump may hold a secret on the very line that is wrong.
pub(crate) fn yaml<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, (Option<u64>, String)> {
    let options = serde_saphyr::options! { budget: None, with_snippet: false };
    serde_saphyr::from_multiple_with_options(text, options).map_err(|error| {
        let line = error.location().map(|location| location.line());
        (line, crate::error::one_line(&error.to_string()))
    })
}
