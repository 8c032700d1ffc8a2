//! What models take that are served by others as well: Anthropic's own API and Amazon Bedrock.

use serde_json::{Value, json};

use crate::Parameters;

/// Which sampling parameters a Claude model takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sampling {
    /// All of them.
    All,
    /// Temperature or nucleus sampling, not both.
    Either,
    /// None: a request that sets one is refused.
    None,
}

/// Takes away what this model refuses and tells what was taken.
pub(super) fn reduce(model: &str, parameters: &mut Parameters) -> Vec<String> {
    let mut told = Vec::new();
    match sampling(model) {
        Sampling::All => {}
        Sampling::Either => {
            if parameters.temperature.is_some() && parameters.top_p.take().is_some() {
                told.push(format!("topp is not sent: {model} takes no topp together with a temperature"));
            }
        }
        Sampling::None => {
            let taken = [
                ("temperature", parameters.temperature.take().is_some()),
                ("topp", parameters.top_p.take().is_some()),
                ("topk", parameters.top_k.take().is_some()),
            ];
            for (name, _) in taken.iter().filter(|(_, was)| *was) {
                told.push(format!("{name} is not sent: {model} takes no sampling parameters"));
            }
        }
    }
    told
}

fn sampling(model: &str) -> Sampling {
    let lower = model.to_ascii_lowercase();
    let Some((_, rest)) = lower.split_once("claude-") else { return Sampling::All };
    let mut words = rest.split(['-', '.', ':', '@', '/']);
    let first = words.next().unwrap_or_default();
    // Until the third generation the number came first; then the family does.
    if matches!(first, "v1" | "v2" | "instant" | "1" | "2" | "3") {
        return Sampling::All;
    }
    // A date follows where there is no minor version.
    let mut number = || words.next().and_then(|word| word.parse::<u32>().ok()).filter(|n| *n < 100);
    match (number(), number()) {
        (Some(4), minor) if minor.unwrap_or(0) <= 6 => Sampling::Either,
        _ => Sampling::None,
    }
}

/// How `top_k` is written for a model on Bedrock, where the model's vendor is known to take it.
pub(super) fn top_k(model: &str, top_k: u32) -> Option<Value> {
    let lower = model.to_ascii_lowercase();
    if ["anthropic.", "claude", "mistral."].iter().any(|part| lower.contains(part)) {
        Some(json!({ "top_k": top_k }))
    } else if lower.contains("cohere.") {
        Some(json!({ "k": top_k }))
    } else if lower.contains("amazon.nova") {
        Some(json!({ "inferenceConfig": { "topK": top_k } }))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations() {
        for (model, expected) in [
            ("claude-3-5-sonnet-latest", Sampling::All),
            ("anthropic.claude-v2", Sampling::All),
            ("us.anthropic.claude-3-7-sonnet-20250219-v1:0", Sampling::All),
            ("claude-sonnet-4-20250514", Sampling::Either),
            ("claude-opus-4-1-20250805", Sampling::Either),
            ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", Sampling::Either),
            ("claude-opus-4-6", Sampling::Either),
            ("claude-opus-4-7", Sampling::None),
            ("claude-sonnet-5", Sampling::None),
            ("claude-mythos-preview", Sampling::None),
            ("meta.llama3-70b", Sampling::All),
        ] {
            assert_eq!(sampling(model), expected, "{model}");
        }
    }
}
