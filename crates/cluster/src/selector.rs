//! The grammar of field selectors: checked before a request is sent, applied by the snapshot service.
//! Label selectors are read by [`view::LabelSelector`].

/// One term of a field selector: path, whether it must be equal, value.
pub(crate) type FieldTerm = (String, bool, String);

/// Parses a field selector; `\` escapes `,` `=` and itself in values.
pub(crate) fn fields(text: &str) -> Result<Vec<FieldTerm>, String> {
    if text.chars().any(char::is_control) {
        return Err("it holds control characters".to_owned());
    }
    let mut terms = vec![String::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, terms.last_mut()) {
            (',', _) => terms.push(String::new()),
            ('\\', Some(term)) => term.extend([Some('\\'), chars.next()].into_iter().flatten()),
            (c, Some(term)) => term.push(c),
            (_, None) => {}
        }
    }
    terms.iter().map(|term| term.trim()).filter(|term| !term.is_empty()).map(field_term).collect()
}

fn field_term(term: &str) -> Result<FieldTerm, String> {
    let (path, equal, value) = if let Some((path, value)) = term.split_once("!=") {
        (path, false, value)
    } else if let Some((path, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
        (path, true, value)
    } else {
        return Err(format!("{:?} has no =, == or !=", crate::error::cut(term, 60)));
    };
    let path = path.trim();
    if path.is_empty() || !path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    {
        return Err(format!("{:?} is not a field", crate::error::cut(path, 60)));
    }
    let mut clean = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        clean.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    Ok((path.to_owned(), equal, clean))
}

/// A field selector term as the server reads it, with the value escaped.
pub(crate) fn field_equals(path: &str, value: &str) -> String {
    let escaped = value.replace('\\', "\\\\").replace(',', "\\,").replace('=', "\\=");
    format!("{path}={escaped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_selectors() {
        assert_eq!(
            fields("metadata.name=a,type!=Normal, reason==X").unwrap(),
            [
                ("metadata.name".to_owned(), true, "a".to_owned()),
                ("type".to_owned(), false, "Normal".to_owned()),
                ("reason".to_owned(), true, "X".to_owned()),
            ]
        );
        assert_eq!(fields("").unwrap(), []);
        assert!(fields("metadata.name").is_err());
        assert!(fields("a b=c").is_err());
        let tricky = "a,b=c\\";
        assert_eq!(fields(&field_equals("x", tricky)).unwrap(), [("x".to_owned(), true, tricky.to_owned())]);
    }

    #[test]
    fn any_text_is_survived() {
        const PARTS: &[&str] = &[
            "a", "é", "=", "!", ",", "(", ")", " in ", " notin ", ">", "<", "\\", "/", ".", " ", "%2", "%C3",
            "+", "\n",
        ];
        let mut seed = 0x2545_F491_4F6C_DD1D_u64;
        for _ in 0..20_000 {
            let mut given = String::new();
            for _ in 0..8 {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                given.push_str(PARTS[(seed % PARTS.len() as u64) as usize]);
            }
            let _ = (view::LabelSelector::parse(&given), fields(&given), crate::names::decode(&given));
            assert_eq!(crate::names::decode(&crate::names::encode(&given)), given);
        }
    }
}
