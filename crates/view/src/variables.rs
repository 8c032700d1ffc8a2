//! Variables of an environment as a value, for crates that read clouds and services.

use crate::Sensitive;
use std::collections::BTreeMap;

/// Variables of an environment by their names. Values are sealed: some are keys.
#[derive(Clone, Default)]
pub struct Variables(BTreeMap<&'static str, Sensitive>);

impl std::fmt::Debug for Variables {
    /// The names of what is set.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Variables {
    /// Those of these names that `variable` knows; empty ones count as not set.
    pub fn new(names: &[&'static str], variable: impl Fn(&str) -> Option<String>) -> Variables {
        let known = names.iter().filter_map(|name| {
            let value = variable(name).filter(|value| !value.trim().is_empty())?;
            Some((*name, Sensitive::new(value.trim().as_bytes())))
        });
        Variables(known.collect())
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(|value| std::str::from_utf8(value.expose_for_computation()).ok())
    }

    /// The value of a variable, still sealed.
    pub fn sealed(&self, name: &str) -> Option<&Sensitive> {
        self.0.get(name)
    }

    /// The first of these that is set.
    pub fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// True for `true` in any case and for `1`.
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// Names and values that begin with `prefix`.
    pub fn starting<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'static str, &'a str)> {
        let names = self.0.keys().filter(move |name| name.starts_with(prefix));
        names.filter_map(|name| Some((*name, self.get(name)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::Variables;

    #[test]
    fn values_are_trimmed_and_never_shown() {
        let variables = Variables::new(&["A", "B", "C"], |name| match name {
            "A" => Some(" canary ".to_owned()),
            "B" => Some(" ".to_owned()),
            "C" => Some("1".to_owned()),
            _ => Some("unknown".to_owned()),
        });
        assert_eq!(format!("{variables:?}"), r#"{"A", "C"}"#);
        assert_eq!(
            (variables.get("A"), variables.get("B"), variables.get("D")),
            (Some("canary"), None, None)
        );
        assert_eq!(variables.first(&["B", "C", "A"]), Some("1"));
        assert!(variables.is_true("C") && !variables.is_true("A"));
    }
}
