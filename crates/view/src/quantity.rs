//! Kubernetes resource quantities.

/// The value of a quantity (`250m`, `1Gi`, `1e3`, `2`) in its base unit (cores, bytes, count);
/// `None` when the text is not a quantity.
///
/// ```
/// assert_eq!(view::parse_quantity("250m"), Some(0.25));
/// assert_eq!(view::parse_quantity("1Gi"), Some(1_073_741_824.0));
/// ```
pub fn parse_quantity(text: &str) -> Option<f64> {
    let text = text.trim();
    let suffix_at = text
        .char_indices()
        .find(|&(at, c)| {
            let exponent = (c == 'e' || c == 'E')
                && text[at + 1..].starts_with(|n: char| n.is_ascii_digit() || n == '-' || n == '+');
            c.is_ascii_alphabetic() && !exponent
        })
        .map_or(text.len(), |(at, _)| at);
    let (number, suffix) = text.split_at(suffix_at);
    let factor = match suffix {
        "" => 1.0,
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024.0,
        "Mi" => 1024f64.powi(2),
        "Gi" => 1024f64.powi(3),
        "Ti" => 1024f64.powi(4),
        "Pi" => 1024f64.powi(5),
        "Ei" => 1024f64.powi(6),
        _ => return None,
    };
    number.parse::<f64>().ok().filter(|n| n.is_finite()).map(|n| n * factor)
}
