//! Azure's connection strings: `Name=value` pairs between semicolons.

/// What is used of one.
#[derive(Default, PartialEq, Eq)]
pub(super) struct ConnectionString {
    pub(super) key: Option<String>,
    pub(super) sas: Option<String>,
    pub(super) endpoint: Option<String>,
}

/// Reads a connection string, which must be for this account when it names one. A problem quotes no value.
pub(super) fn read(text: &str, account: &str) -> Result<ConnectionString, String> {
    let mut found = ConnectionString::default();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').ok_or("holds a part without `=`")?;
        let value = value.trim().to_owned();
        match name.trim().to_ascii_lowercase().as_str() {
            "accountname" if value != account => {
                return Err(format!("is of another storage account than {account}"));
            }
            "accountkey" => found.key = Some(value),
            "sharedaccesssignature" => found.sas = Some(value),
            "blobendpoint" => found.endpoint = Some(value),
            _ => {}
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_is_read() {
        let text = "DefaultEndpointsProtocol=http;AccountName=dev1;AccountKey=a2V5==;BlobEndpoint=http://127.0.0.1:1/dev1;";
        let found = read(text, "dev1").ok().unwrap();
        assert_eq!(found.key.as_deref(), Some("a2V5=="));
        assert_eq!(found.endpoint.as_deref(), Some("http://127.0.0.1:1/dev1"));
        let error = read(text, "other").err().unwrap();
        assert!(error.contains("other") && !error.contains("a2V5"), "{error}");
        assert!(read("nonsense", "dev1").is_err());
    }
}
