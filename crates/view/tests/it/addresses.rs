use view::{Address, EnvVar};

fn found(text: &str, key: &str) -> Vec<String> {
    let words = |a: Address| a.port.map_or(a.host.to_string(), |port| format!("{}:{port}", a.host));
    Address::in_text(text, key).into_iter().map(words).collect()
}

#[test]
fn addresses_are_found_in_every_form_that_people_write() {
    assert_eq!(found("db", "DB_HOST"), ["db"]);
    assert_eq!(found("db:5432", "X"), ["db:5432"]);
    assert_eq!(
        found("postgres://app:p%40ss@db.prod.svc:5432/app?sslmode=off", "DATABASE_URL"),
        ["db.prod.svc:5432"]
    );
    assert_eq!(found("jdbc:postgresql://db:5432/app", "X"), ["db:5432"]);
    assert_eq!(found("https://api/v1", "X"), ["api:443"]);
    assert_eq!(
        found("kafka-0.kafka:9092,kafka-1.kafka:9092", "X"),
        ["kafka-0.kafka:9092", "kafka-1.kafka:9092"]
    );
    assert_eq!(found("app:pw@tcp(mysql:3306)/app", "X"), ["mysql:3306"]);
    assert_eq!(found("until nc -z db 5432; do sleep 2; done", ""), ["db:5432"]);
    assert_eq!(found("psql -h db -U app", ""), ["db"]);
    assert_eq!(found("--redis-host=redis --level=info", ""), ["redis"]);
    assert_eq!(found("-Ddb.host=db -Xmx512m", "JAVA_OPTS"), ["db"]);
    assert_eq!(
        found("http://events.flux-system.svc.cluster.local./", "X"),
        ["events.flux-system.svc.cluster.local:80"]
    );
}

#[test]
fn other_words_are_no_addresses() {
    for (text, key) in [
        ("db", "MODE"),
        ("production", "NODE_ENV"),
        ("10.0.0.1:5432", "DB_HOST"),
        ("0.0.0.0:8080", "LISTEN_ADDR"),
        ("$(DB_HOST):5432", "X"),
        ("user:password", "X"),
        ("Some_Name", "X_HOST"),
        ("", "DB_HOST"),
    ] {
        assert!(found(text, key).is_empty(), "{text:?} of {key}: {:?}", found(text, key));
    }
}

#[test]
fn a_variable_keeps_addresses_and_no_value() {
    let read = |json: &str| serde_json::from_str::<EnvVar>(json).expect("a variable");
    let url = read(r#"{"name":"DATABASE_URL","value":"postgres://app:hunter2@db:5432/app"}"#);
    assert_eq!(url.addresses.len(), 1);
    assert!(!format!("{url:?}").contains("hunter2"));
    let secret = read(r#"{"name":"DB_PASSWORD","value":"hunter2.x:80"}"#);
    assert!(secret.addresses.is_empty());
    for odd in [
        r#"{"name":"A","value":null}"#,
        r#"{"name":"A","value":{"a":[1]}}"#,
        r#"{"name":"A","value":["db:1"]}"#,
        r#"{"value":1}"#,
    ] {
        assert!(read(odd).addresses.is_empty());
    }
}
