//! The bearer token: kept as a hash, compared in constant time, never printed.

use http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::Error;

/// A bearer token. Only its SHA-256 is kept.
#[derive(Clone)]
pub struct Token([u8; 32]);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

/// Why a request is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// It carries no token.
    Missing,
    /// It carries several `Authorization` headers.
    Several,
    /// It carries something else.
    Wrong,
}

impl Token {
    /// Reads a token as it stands in a file or the environment: white space around it does not count.
    ///
    /// # Errors
    /// [`Error::BadToken`] when it is shorter than 16 characters or could not stand in a header.
    pub fn new(text: &str) -> Result<Token, Error> {
        let text = text.trim();
        if text.len() < 16 {
            return Err(Error::BadToken {
                reason: "it is shorter than 16 characters; `openssl rand -hex 32` makes a good one",
            });
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::BadToken { reason: "it holds characters that cannot stand in a header" });
        }
        Ok(Token(Sha256::digest(text).into()))
    }

    /// Whether the request carries this token as its only `Authorization` header.
    ///
    /// # Errors
    /// [`Denied`], for the answer.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), Denied> {
        let mut given = headers.get_all(header::AUTHORIZATION).iter();
        let value = match (given.next(), given.next()) {
            (None, _) => return Err(Denied::Missing),
            (Some(_), Some(_)) => return Err(Denied::Several),
            (Some(value), None) => value.as_bytes(),
        };
        let Some((scheme, token)) = value.split_at_checked(7) else {
            return Err(Denied::Wrong);
        };
        if !scheme.eq_ignore_ascii_case(b"bearer ") {
            return Err(Denied::Wrong);
        }
        let hash: [u8; 32] = Sha256::digest(token.trim_ascii()).into();
        if bool::from(hash.ct_eq(&self.0)) { Ok(()) } else { Err(Denied::Wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn only_the_one_token_is_let_in() {
        let token = Token::new(" 0123456789abcdef\n").unwrap();
        let cases: &[(&[&str], Result<(), Denied>)] = &[
            (&["Bearer 0123456789abcdef"], Ok(())),
            (&["bearer 0123456789abcdef"], Ok(())),
            (&[], Err(Denied::Missing)),
            (&[""], Err(Denied::Wrong)),
            (&["Bearer "], Err(Denied::Wrong)),
            (&["Bearer 0123456789abcdeg"], Err(Denied::Wrong)),
            (&["Bearer 0123456789abcdef0"], Err(Denied::Wrong)),
            (&["Basic 0123456789abcdef"], Err(Denied::Wrong)),
            (&["0123456789abcdef"], Err(Denied::Wrong)),
            (&["Bearer 0123456789abcdef", "Bearer 0123456789abcdef"], Err(Denied::Several)),
        ];
        for (values, expected) in cases {
            let mut headers = HeaderMap::new();
            for value in *values {
                headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
            }
            assert_eq!(token.check(&headers), *expected, "{values:?}");
        }
    }

    #[test]
    fn a_token_is_never_shown() {
        let token = Token::new("0123456789abcdef").unwrap();
        assert_eq!(format!("{token:?}"), "Token");
        for bad in ["", "short", "0123456789abcde f", "0123456789abcdé€"] {
            let message = Token::new(bad).unwrap_err().to_string();
            assert!(message.starts_with("the MCP token is not usable"), "{message}");
        }
    }
}
