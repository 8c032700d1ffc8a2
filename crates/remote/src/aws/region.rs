//! Where a region's services are.

use super::Settings;

/// The base URL of a service (`eks`, `sts`) in a region: what the SDKs' variables name, else AWS's own.
pub(crate) fn endpoint(settings: &Settings, service: &str, region: &str) -> String {
    let own = format!("AWS_ENDPOINT_URL_{}", service.to_uppercase());
    match settings.first(&[&own, "AWS_ENDPOINT_URL"]) {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("https://{service}.{region}.{}", suffix(region)),
    }
}

/// Each partition of AWS has a domain of its own.
fn suffix(region: &str) -> &'static str {
    const OTHERS: &[(&str, &str)] = &[
        ("cn-", "amazonaws.com.cn"),
        ("us-iso-", "c2s.ic.gov"),
        ("us-isob-", "sc2s.sgov.gov"),
        ("us-isof-", "csp.hci.ic.gov"),
        ("eu-isoe-", "cloud.adc-e.uk"),
        ("eusc-", "amazonaws.eu"),
    ];
    OTHERS.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("amazonaws.com", |(_, domain)| domain)
}

/// Whether a text can be a region: it becomes a part of a host name.
pub(crate) fn is_region(text: &str) -> bool {
    let letters = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    letters && text.contains('-') && text.len() <= 32 && text.starts_with(|c: char| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_and_overrides() {
        let none = Settings::default();
        assert_eq!(endpoint(&none, "eks", "eu-west-1"), "https://eks.eu-west-1.amazonaws.com");
        assert_eq!(endpoint(&none, "sts", "cn-north-1"), "https://sts.cn-north-1.amazonaws.com.cn");
        let all = Settings::new(|name| (name == "AWS_ENDPOINT_URL").then(|| "http://all/".to_owned()));
        assert_eq!(endpoint(&all, "eks", "eu-west-1"), "http://all");
        let one =
            Settings::new(|name| name.starts_with("AWS_ENDPOINT_URL").then(|| format!("http://{name}")));
        assert_eq!(endpoint(&one, "sts", "eu-west-1"), "http://AWS_ENDPOINT_URL_STS");
        assert!(is_region("us-gov-west-1") && !is_region("evil.example/") && !is_region("useast"));
    }
}
