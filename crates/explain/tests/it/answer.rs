//! What comes back: checked, bounded, harmless.

use crate::clusters::{object, shop, view};
use explain::{ANSWER_MAX, Answer, AnswerError, Confidence, Masker, Tool, Turn, parse, parse_turn};

const GOOD: &str = r#"{"cause":"The database is down.","steps":["Start it","2. Look again"],
    "commands":["kubectl get pods -n prod","$ kubectl rollout restart deploy/db"],"confidence":"high"}"#;

#[test]
fn an_object_is_found_whatever_stands_around_it() {
    let wrapped = [
        GOOD.to_owned(),
        format!("```json\n{GOOD}\n```"),
        format!("Sure! Here is {{the}} answer:\n{GOOD}\nAnything else?"),
        format!("<think>{{\"plan\": 1}}</think>{GOOD}"),
        GOOD.replace("\"high\"}", "\"high\",}"),
        GOOD.replace("\"Start it\",\"2. Look again\"]", "\"Start it\",\"2. Look again\",\n]"),
        GOOD.replace("\"high\"", "\"High.\""),
        GOOD.replace("{\"cause\"", "{\"extra\":[1],\"cause\""),
    ];
    for text in wrapped {
        let answer = parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(answer.cause, "The database is down.");
        assert_eq!(answer.steps, ["Start it", "Look again"]);
        assert_eq!(answer.confidence, Some(Confidence::High));
        let commands: Vec<(&str, bool)> =
            answer.commands.iter().map(|c| (c.text.as_str(), c.changes)).collect();
        assert_eq!(
            commands,
            [("kubectl get pods -n prod", false), ("kubectl rollout restart deploy/db", true)]
        );
    }
    let broken_line = GOOD.replace("is down.", "is\ndown.");
    assert_eq!(parse(&broken_line).unwrap().cause, "The database is\ndown.");
}

#[test]
fn a_bad_answer_is_a_short_typed_error() {
    let cut = &GOOD[..60];
    let cases: Vec<(String, &str)> = vec![
        (String::new(), "is empty"),
        (" \n ".to_owned(), "is empty"),
        ("x".repeat(ANSWER_MAX + 1), "bytes, more than"),
        ("I'm sorry, but I can't help with that.".to_owned(), "refused"),
        ("As an AI model, I have no access.".to_owned(), "refused"),
        ("The pod crashes because the database is down. ".repeat(500), "no JSON object"),
        (cut.to_owned(), "broken JSON"),
        ("{".repeat(50_000), "broken JSON"),
        ("[".repeat(50_000), "no JSON object"),
        ("{\"a\":".repeat(5_000), "broken JSON"),
        ("{}".to_owned(), "bad cause (it is missing)"),
        (GOOD.replace("\"The database is down.\"", "7"), "bad cause (it is no text)"),
        (GOOD.replace("The database is down.", " "), "bad cause (it is empty)"),
        (GOOD.replace("\"Start it\"", "{}"), "bad steps"),
        (GOOD.replace("\"high\"", "\"sure\""), "bad confidence"),
        (GOOD.replace("\"high\"", "0.9"), "bad confidence"),
        ("{\"cause\":\"x\"}".to_owned(), "bad confidence (it is missing)"),
        ("\u{1b}[31mno\u{1b}[0m json".to_owned(), "no JSON object"),
    ];
    for (text, wanted) in cases {
        let error = parse(&text).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}\nof {}", &text[..text.len().min(80)]);
        assert!(error.len() < 700 && !error.contains('\u{1b}') && !error.contains('\n'), "{error}");
    }
    assert!(matches!(parse(""), Err(AnswerError::Empty)));
}

#[test]
fn an_answer_is_bounded_and_plain() {
    let long = "word ".repeat(1_000);
    let text = serde_json::json!({
        "cause": format!("\u{1b}]0;x\u{7}red\u{202e} {long}"),
        "steps": vec![format!("a\n{long}"); 40],
        "commands": vec!["kubectl get pods\nkubectl delete pod x\n# note"; 40],
        "confidence": "low",
    });
    let answer = parse(&text.to_string()).unwrap();
    assert!(answer.cause.starts_with("red ") && answer.cause.chars().count() <= 4_001);
    assert_eq!((answer.steps.len(), answer.commands.len()), (12, 12));
    assert!(answer.steps.iter().all(|step| !step.contains('\n') && step.chars().count() <= 1_001));
    assert_eq!((answer.commands[0].changes, answer.commands[1].changes), (false, true));
    let plain = Answer::plain(&format!("line\n\u{1b}[31m{}", "x".repeat(10 << 20)));
    assert!(plain.cause.starts_with("line\n") && plain.cause.chars().count() <= 8_001);
    assert_eq!((plain.steps.len(), plain.confidence), (0, None));
}

#[test]
fn commands_that_may_change_something_are_marked() {
    let looks = [
        "kubectl get pods",
        "kubectl -n prod logs web --previous",
        "kubectl describe pod web -n prod",
        "kubectl rollout status deploy/x",
        "kubectl get pods -o json | jq .items",
        "kubectl get pod x 2>/dev/null | grep Ready",
        "helm history web",
        "dig web.prod.svc",
        "aws eks describe-cluster --name x",
        "kubectl auth can-i list pods",
        "curl -s http://web:80/healthz",
        "oc get nodes",
    ];
    let changes = [
        "kubectl delete pod x",
        "kubectl -n a apply -f x.yaml",
        "kubectl exec -it web -- sh",
        "kubectl get pods; rm -rf /",
        "kubectl get pods > /etc/passwd",
        "kubectl get $(id)",
        "kubectl get `id`",
        "kubectl get pods && reboot",
        "helm upgrade web .",
        "curl -X POST http://x",
        "kubectl rollout undo deploy/x",
        "kubectl get pods | xargs kubectl delete pod",
        "unknown-tool x",
        "kubectl",
        "kubectl get x || y",
        "aws ec2 terminate-instances",
        "kubectl scale deploy/x --replicas=0",
    ];
    let marked = |command: &str| {
        let text =
            serde_json::json!({ "cause": "x", "commands": [command], "confidence": "low" }).to_string();
        parse(&text).unwrap().commands[0].changes
    };
    for command in looks {
        assert!(!marked(command), "{command}");
    }
    for command in changes {
        assert!(marked(command), "{command}");
    }
}

#[test]
fn masks_are_turned_back_everywhere() {
    let masker = Masker::new(&shop(), b"scope");
    let name = masker.mask("checkout");
    let space = masker.mask("storefront");
    let text = serde_json::json!({
        "cause": format!("`{name}` in {} is down", space.to_uppercase()),
        "steps": [format!("restart {name}.")],
        "commands": [format!("kubectl -n {space} get deploy {name}")],
        "confidence": "medium",
    });
    let answer = parse(&text.to_string()).unwrap().unmasked(&masker);
    assert_eq!(answer.cause, "`checkout` in storefront is down");
    assert_eq!(answer.steps, ["restart checkout."]);
    assert_eq!(answer.commands[0].text, "kubectl -n storefront get deploy checkout");
    assert_eq!(
        answer.to_markdown(),
        "`checkout` in storefront is down\n\nWhat to do:\n1. restart checkout.\n   \
         $ kubectl -n storefront get deploy checkout\n\nConfidence: medium"
    );
    let turn = format!(
        r#"{{"cause":"","steps":[],"commands":[],"confidence":"low","look":[
        {{"tool":"logs","args":{{"kind":"Pod","namespace":"{space}","name":"{name}","container":""}}}}]}}"#
    );
    let Turn::Look(looks) = parse_turn(&turn).unwrap() else { panic!("it looks") };
    let look = looks[0].unmasked(&masker);
    assert_eq!(
        (look.tool, look.namespace.as_str(), look.name.as_str()),
        (Tool::Logs, "storefront", "checkout")
    );
    assert!(matches!(parse_turn(GOOD), Ok(Turn::Answer(_))));
    for bad in ["[{\"tool\":\"delete\"}]", "[7]", "7", "[{\"tool\":\"logs\",\"args\":{\"name\":[]}}]"] {
        let turn = GOOD.replace("\"cause\"", &format!("\"look\":{bad},\"cause\""));
        assert!(matches!(parse_turn(&turn), Err(AnswerError::Schema { field: "look", .. })), "{bad}");
    }
}

#[test]
fn a_name_cannot_bring_a_command_of_its_own() {
    let masker = Masker::new(&view(&[object("ClusterRole", "", "odd$(reboot)name")]), b"");
    let mask = masker.mask("odd$(reboot)name");
    let text = serde_json::json!({ "cause": "x", "commands": [format!("kubectl get clusterrole {mask}")], "confidence": "low" });
    let answer = parse(&text.to_string()).unwrap();
    assert_eq!(answer.commands.len(), 1);
    assert!(answer.unmasked(&masker).commands.is_empty());
}
