use view::{LabelSelector, Map};

fn selected(selector: &str) -> bool {
    let labels: Map = [("app", "web"), ("tier", "front"), ("example.com/size", "10")]
        .into_iter()
        .map(|(k, v)| (k.into(), v.into()))
        .collect();
    LabelSelector::parse(selector).expect(selector).matches(&labels)
}

#[test]
fn the_whole_grammar() {
    let yes = [
        "",
        " ",
        "app=web",
        "app==web",
        "app = web",
        "app!=db",
        "none!=x",
        "app in (web, db)",
        "app notin (db)",
        "none notin (x)",
        "app",
        "!none",
        "app=web,tier",
        "example.com/size>5",
        "example.com/size < 11",
        "app in (web),tier notin (back),!none",
    ];
    for selector in yes {
        assert!(selected(selector), "{selector}");
    }
    for selector in
        ["app=db", "!app", "none", "app in (db)", "app notin (web)", "app=", "app=web,tier=back", "app>1"]
    {
        assert!(!selected(selector), "{selector}");
    }
}

#[test]
fn what_the_server_would_refuse_is_refused() {
    let bad = [
        "=x",
        "a=b c",
        "a in b",
        "a in (b",
        "a in b)",
        "a like (b)",
        "-a=b",
        "a=b,,c",
        "a=é",
        "a\r\n=b",
        "a>x",
        "a=b&limit=1",
        "!",
        "/a=b",
        "a in ((b))",
        "a in (b) c",
    ];
    for selector in bad {
        assert!(LabelSelector::parse(selector).is_err(), "{selector}");
    }
}
