//! What is hidden, what is left, and that nothing is lost.

use crate::clusters::{object, shop, view};
use explain::Masker;
use proptest::prelude::*;
use serde_json::json;

/// Whether a word stands in a text with nothing of its kind beside it.
pub fn stands_in(word: &str, text: &str) -> bool {
    let (word, text) = (word.to_lowercase(), text.to_lowercase());
    let free = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
    text.match_indices(&word)
        .any(|(at, _)| free(text[..at].chars().next_back()) && free(text[at + word.len()..].chars().next()))
}

#[test]
fn everything_that_identifies_is_hidden() {
    let masker = Masker::new(&shop(), b"scope");
    let secret = [
        "checkout",
        "storefront",
        "treasury",
        "checkout-api",
        "blue-whale",
        "acme-corp",
        "payments",
        "10.42.7.19",
        "10.96.14.2",
        "ip-10-0-1-23",
        "shop-front",
        "shop",
        "ledger-db",
        "dbmdh",
        "eu-west-1",
        "kxvwz",
        "blaster",
        "orders",
        "mallory",
        "9f3c",
        "210987654321",
        "2001:db8::7",
        "172.16.9.1",
        "warehouse-db",
        "inventory",
        "0abc123def4567890",
        "legacy-queue",
    ];
    let texts = [
        "Pod storefront/checkout-65c4567f84-dbmdh crashes: \"checkout-api\", checkout, checkout:80 (checkout.storefront.svc)",
        "Failed to pull image \"registry.acme-corp.example.com:5000/payments/checkout:1.4.2\": not found",
        "dial tcp 10.96.14.2:80 from 10.42.7.19 on ip-10-0-1-23.eu-west-1.compute.internal and ip-10-0-1-23",
        "GET https://shop.acme-corp.example.com/cart?x=1 502; http://ledger-db:8080/ refused",
        "pod=checkout-65c4567f84-kxvwz_storefront(9f3c1d2e-5b6a-4c7d-8e9f-0a1b2c3d4e5f) gone",
        "checkout-25c9d7f8b6 scaled; CHECKOUT_SERVICE_HOST=10.96.14.2 Checkout team=blue-whale",
        "lookup blaster on 172.16.9.1:53: no such host; orders.treasury: timeout; warehouse-db:5432 refused",
        "inventory.treasury.svc.cluster.local answered; [2001:db8::7]:443 did not; 2001:db8::7.",
        "mallory@acme-corp.example.com assumed arn:aws:iam::210987654321:role/payments-admin in 210987654321",
        "instance i-0abc123def4567890 at 210987654321.dkr.ecr.eu-west-1.amazonaws.com/payments/blaster:2",
        "lookup legacy-queue: no such host; checkout失败 服务checkout不可用",
    ];
    for text in texts {
        let masked = masker.mask(text);
        for word in secret {
            assert!(!stands_in(word, &masked), "{word} is seen in\n{masked}\nof\n{text}");
        }
        assert_eq!(masker.unmask(&masked), text);
        assert_eq!(masker.unmask(&masked.to_uppercase()).to_lowercase(), text.to_lowercase());
    }
}

#[test]
fn words_that_name_nobody_stay() {
    let masker = Masker::new(&shop(), b"scope");
    let texts = [
        "Back-off restarting failed container in pod default/x of kube-system",
        "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available",
        "Readiness probe failed: HTTP probe failed with statuscode: 503",
        "exec: \"/bin/start\": stat /bin/start: no such file or directory",
        "connect: connection refused 127.0.0.1:8080 localhost:8080",
        "main.go:33 panic at 12:30:45.123 version v1.36.0 1.2.3 took 1.5s 100m 128Mi",
        "app.kubernetes.io/name topology.kubernetes.io/zone node.kubernetes.io/not-ready:NoSchedule",
        "open /etc/config/app.yaml: permission denied; spec.template.spec.containers[0].image",
        "registry.k8s.io/pause:3.9 docker.io quay.io: toomanyrequests",
        "java.lang.NullPointerException: std::vector foo.bar() e.g. this",
    ];
    for text in texts {
        let kept = ["pause"];
        let masked = masker.mask(text);
        let same = masked == text || kept.iter().any(|word| text.contains(word));
        assert!(same, "{text}\n{masked}");
    }
}

#[test]
fn one_name_has_one_mask_within_a_scope() {
    let first = Masker::new(&shop(), b"scope");
    let second = Masker::new(&view(&[object("Service", "other", "checkout")]), b"scope");
    let other = Masker::new(&shop(), b"another scope");
    let mask = first.mask("checkout");
    assert_eq!(mask, second.mask("say \"checkout\"").replace("say \"", "").replace('"', ""));
    assert_ne!(mask, other.mask("checkout"));
    assert!(mask.starts_with("name-"), "{mask}");
    assert!(first.mask("10.42.7.19").starts_with("ip-"));
    assert!(first.mask("shop.acme-corp.example.com").starts_with("host-"));
    let parts = first.mask("checkout.storefront.svc.cluster.local");
    assert_eq!(parts, format!("{mask}.{}.svc.cluster.local", first.mask("storefront")));
}

#[test]
fn a_mask_of_another_process_is_understood() {
    let masked = Masker::new(&shop(), b"scope").mask("restart checkout in storefront");
    let answer = format!("I would {masked}, or `{}`", masked.to_uppercase());
    let unmasked = Masker::new(&shop(), b"scope").unmask(&answer);
    assert!(
        unmasked.contains("restart checkout in storefront, or `RESTART checkout IN storefront`"),
        "{unmasked}"
    );
    assert_eq!(Masker::new(&shop(), b"scope").unmask("name-bcdfghjk stays"), "name-bcdfghjk stays");
}

#[test]
fn names_of_findings_are_learned() {
    let mut masker = Masker::new(&view(&[]), b"");
    masker.learn(&[view::ObjectRef::new("Secret", "vault", "db-login")]);
    let masked = masker.mask("Secret vault/db-login does not exist");
    assert!(!masked.contains("vault") && !masked.contains("login"), "{masked}");
    assert!(masked.starts_with("Secret name-") && masked.ends_with(" does not exist"), "{masked}");
}

#[test]
fn longest_name_wins_and_no_name_is_left_beside_a_word_to_keep() {
    let objects = ["payments", "payments-db", "only-fans", "a.b+c*", "ns-1"]
        .map(|name| object("Service", "prod-eu", name));
    let masker = Masker::new(&view(&objects), b"k");
    let one = masker.mask("payments-db");
    assert_eq!(one.matches('-').count(), 1, "{one}");
    let masked =
        masker.mask("read-only-fans payments-db-x payments_x x-payments a.b+c* ns-1 read-only kube-system");
    for name in ["payments", "payments-db", "only-fans", "a.b+c", "ns-1"] {
        assert!(!stands_in(name, &masked), "{name}: {masked}");
    }
    assert!(masked.ends_with("read-only kube-system"), "{masked}");
}

#[test]
fn custom_resources_and_labels_count() {
    let masker = Masker::new(
        &view(&[json!({ "apiVersion": "shop.acme.dev/v1", "kind": "Cart", "metadata": {
            "namespace": "retail", "name": "basket-7", "labels": { "cost-center": "cc-4711", "app.kubernetes.io/managed-by": "Helm",
            "version": "1.2.3", "acme.dev/tenant": "globex" } } })]),
        b"k",
    );
    let masked = masker.mask("Cart retail/basket-7 cc-4711 globex acme.dev/tenant by Helm at 1.2.3");
    for name in ["retail", "basket-7", "cc-4711", "globex", "acme.dev"] {
        assert!(!stands_in(name, &masked), "{name}: {masked}");
    }
    assert!(masked.ends_with("by Helm at 1.2.3") && masked.starts_with("Cart "), "{masked}");
}

/// Pieces of which hostile names and texts are put together.
fn piece() -> impl Strategy<Value = String> {
    let fixed = [
        "web",
        "web-1",
        "prod",
        "db",
        ".",
        "-",
        "/",
        ":",
        "@",
        "_",
        " ",
        "\n",
        "name-",
        "ip-",
        "NAME-",
        "bcdfghjk",
        "name-bcdfghjk",
        "name\u{2011}bcdfghjk",
        "10.0.0.1",
        "::1",
        "fd00::1",
        "svc",
        ".svc.cluster.local",
        "example.com",
        "https://",
        "(",
        "*",
        "[",
        "\\",
        "$",
        "é",
        "名",
        "İ",
        "ß",
        "\u{202e}",
        "kube-system",
        "pod",
        "65c4567f84",
        "dbmdh",
        "28812345",
        "arn:aws:s3:::b",
        "9f3c1d2e-5b6a-4c7d-8e9f-0a1b2c3d4e5f",
        "registry.k8s.io",
        "read-only",
        "i-0abc123def4567890",
        "210987654321",
        "lookup ",
        "aa:bb:cc:dd:ee:ff",
        "WEB",
        ".com",
        "a",
    ];
    prop_oneof![
        4 => proptest::sample::select(fixed.map(str::to_owned).to_vec()),
        1 => "\\PC{0,3}",
        1 => "[a-z0-9.-]{1,6}",
    ]
}

fn words(most: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), 0..most).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn unmasking_gives_every_text_back(names in proptest::collection::vec(words(4), 0..8), text in words(40), key in "[a-z]{0,3}") {
        let objects: Vec<_> = names.iter().map(|name| object("Service", "space", name)).collect();
        let masker = Masker::new(&view(&objects), key.as_bytes());
        let masked = masker.mask(&text);
        prop_assert_eq!(masker.unmask(&masked), text.clone());
        // Also what was masked already, and what a second time makes of it.
        let twice = masker.mask(&masked);
        prop_assert_eq!(masker.unmask(&twice), masked);
    }

    #[test]
    fn no_name_is_left(
        names in proptest::collection::vec("[a-z]{3,5}([-.][a-z0-9]{1,4}){0,2}", 1..12),
        pattern in proptest::collection::vec((0_usize..12, 0_usize..10), 1..12),
    ) {
        let names: Vec<String> = names.into_iter().map(|name| format!("q{name}q")).collect();
        let objects: Vec<_> = names.iter().map(|name| object("Service", "qspace", name)).collect();
        let masker = Masker::new(&view(&objects), b"k");
        let between = [" ", "/", ".", "-", ":", "_", "\"", "=", ", ", "失"];
        let text: String = pattern.iter().map(|(n, b)| format!("{}{}", names[n % names.len()], between[*b])).collect();
        let masked = masker.mask(&text);
        for name in &names {
            prop_assert!(!stands_in(name, &masked), "{} in {} of {}", name, masked, text);
        }
        prop_assert_eq!(masker.unmask(&masked), text);
    }
}
