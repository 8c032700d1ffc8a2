//! Configurations of Prometheus hold credentials: none may come out in any finding.

use crate::fixture::{cases, view_of};
use crate::rules::fixtures;
use analyzers::{FilterSet, entries, rules_for, run};
use std::fmt::Write as _;
use view::View;

/// Everything that all rules say of a cluster.
fn said(view: &View) -> String {
    let mut said = String::new();
    for finding in run(view, entries()).findings {
        let evidence = finding.evidence.iter().map(|evidence| evidence.text.as_str());
        let rest = finding.fix.iter().chain(&finding.commands).map(String::as_str);
        for text in
            [finding.text.as_str(), &finding.brief, &finding.same].into_iter().chain(evidence).chain(rest)
        {
            let _ = writeln!(said, "{text}");
        }
    }
    said
}

#[test]
fn no_credential_of_a_fixture_is_told() {
    let mut held = 0;
    for folder in ["prometheusconfigvalidate", "prometheusconfigrelabelreport"] {
        for file in std::fs::read_dir(fixtures().join(folder)).expect("fixtures") {
            let text = std::fs::read_to_string(file.expect("a file").path()).expect("a fixture");
            held += text.matches("CANARY").count();
            for case in cases(&text, "findings") {
                let said = said(&case.view);
                assert!(!said.contains("CANARY"), "{}: {said}", case.title);
            }
        }
    }
    assert!(held > 5, "the fixtures hold credentials");
}

/// A credential before, in and after every kind of fault.
#[test]
fn no_credential_near_a_fault_is_told() {
    const CREDENTIALS: &str = "  basic_auth: {username: CANARYu, password: \"CANARY p\"}
  bearer_token: CANARY
  authorization: {type: Basic, credentials: CANARY}
  oauth2: {client_id: a, client_secret: CANARY}
  http_headers: {X-Api-Key: {secrets: [CANARY]}}
  proxy_url: http://u:CANARY@proxy
  params: {token: [CANARY], api_key: [CANARY]}
  tls_config: {key: CANARY}
";
    const FAULTS: &[&str] = &[
        "  password CANARY: [\n",
        "  password: \"CANARY\n",
        "  password: {CANARY\n",
        "  password: [CANARY, {: CANARY]]\n",
        "  password: CANARY: CANARY\n",
        "  password: CANARY\n   CANARY: x\n",
        "  password: @CANARY\n",
        "  bearer_token: |2CANARY\n",
        "  bearer_token: &CANARY\n  bearer_token_file: *CANARYx\n",
        "  sample_limit: ten\n  unknown_field: CANARY\n",
        "  static_configs: [{targets: [\"http://u:CANARY@host/x?token=CANARY\", \"u:CANARY@host/x\"]}]\n",
        "  scheme: tls\n  metrics_path: /x?token=CANARY\n",
        "  password:\n    - CANARY\n   - CANARY\n",
        "\tpassword: CANARY\n",
        "  ? CANARY\n  : [\n",
        "  bearer_token: CANARY\n- CANARY\n",
    ];
    for fault in FAULTS {
        for document in [
            format!("scrape_configs:\n- job_name: a\n{CREDENTIALS}{fault}"),
            format!("scrape_configs:\n- job_name: a\n{fault}{CREDENTIALS}"),
            format!("scrape_configs:\n- job_name: a\n{fault}"),
            format!("remote_write:\n- url: u:CANARY@host/write\n{CREDENTIALS}{fault}"),
        ] {
            let text = serde_json::to_string(&document).expect("a text");
            let cluster = format!(
                r#"
{{kind: Pod, metadata: {{name: prometheus-0, namespace: m, uid: p}}, spec: {{volumes: [{{name: c, configMap: {{name: c}}}}], containers: [{{name: prometheus, image: 'prom/prometheus:v2.55.0', args: [--config.file=/c/prometheus.yml], volumeMounts: [{{name: c, mountPath: /c}}]}}]}}}}
---
{{kind: ConfigMap, metadata: {{name: c, namespace: m}}, data: {{prometheus.yml: {text}}}}}
"#
            );
            let said = said(&view_of(&cluster, fault));
            assert!(said.contains("ConfigMap m/c"), "{fault}: nothing was said");
            assert!(!said.contains("CANARY"), "{fault}: {said}");
        }
    }
}

#[test]
fn by_default_the_configuration_of_prometheus_is_looked_at() {
    let names: Vec<&str> = rules_for(&FilterSet::defaults()).map(|(_, entry)| entry.id).collect();
    assert!(names.contains(&"prometheusconfigvalidate/refused"));
}
