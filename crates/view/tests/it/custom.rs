//! Instances of custom types: many types in one table, fields of any shape.

use view::{Builder, CustomType, Kind, Lookup, ObjectRef, Rows, Status, Time, View};

fn custom_type(group: &str, kind: &str, namespaced: bool) -> CustomType {
    CustomType { group: group.into(), kind: kind.into(), plural: "x".into(), namespaced }
}

fn view_of(lists: &[(Kind, &str)], types: Vec<(CustomType, Status)>) -> View {
    let mut builder = Builder::new(Time::from_unix(0), "");
    builder.set(Rows::empty(Kind::CustomResourceDefinition), Status::Complete, None);
    for (kind, body) in lists {
        let mut rows = Rows::empty(*kind);
        assert_eq!(rows.append_page(body.as_bytes()).expect("a list").skipped, 0);
        builder.set(rows, Status::Complete, None);
    }
    for (custom, status) in types {
        builder.set_type(custom, status, None);
    }
    builder.finish()
}

const INSTANCES: &str = r#"{"items":[
  {"apiVersion":"a.io/v1","kind":"Widget","metadata":{"name":"x","namespace":"n","uid":"u1"}},
  {"apiVersion":"b.io/v1","kind":"Gadget","metadata":{"name":"x","namespace":"n","uid":"u2",
    "ownerReferences":[{"apiVersion":"c.io/v1","kind":"Plant","name":"top","uid":"u4","controller":true}]}},
  {"apiVersion":"serving.knative.dev/v1","kind":"Service","metadata":{"name":"x","namespace":"n","uid":"u3"}},
  {"apiVersion":"c.io/v1","kind":"Plant","metadata":{"name":"top","uid":"u4"}}]}"#;

#[test]
fn types_share_names_without_sharing_objects() {
    let services =
        r#"{"items":[{"metadata":{"name":"x","namespace":"n","uid":"s","labels":{"core":"yes"}}}]}"#;
    let events = r#"{"items":[{"metadata":{"name":"e","namespace":"n"},"reason":"Odd",
        "involvedObject":{"apiVersion":"serving.knative.dev/v1","kind":"Service","namespace":"n","name":"x"}}]}"#;
    let pods = r#"{"items":[{"metadata":{"name":"p","namespace":"n","ownerReferences":[
        {"apiVersion":"serving.knative.dev/v1","kind":"Service","name":"x","uid":"u3","controller":true}]}}]}"#;
    let lists = [
        (Kind::CustomResource, INSTANCES),
        (Kind::Service, services),
        (Kind::Event, events),
        (Kind::Pod, pods),
    ];
    let view = view_of(&lists, vec![(custom_type("c.io", "Plant", false), Status::Complete)]);
    assert_eq!(view.custom_resources.len(), 4);
    let called: Vec<String> = view.custom_resources.iter().map(|o| o.called().to_string()).collect();
    assert_eq!(called, ["Plant", "Widget", "Gadget", "Service.serving.knative.dev"]);
    let meta =
        |kind: &str| view.metadata_of(&ObjectRef::new(kind, "n", "x")).map(|meta| meta.uid.to_string());
    assert_eq!(meta("Widget").as_deref(), Some("u1"));
    assert_eq!(meta("Service").as_deref(), Some("s"));
    assert_eq!(meta("Service.serving.knative.dev").as_deref(), Some("u3"));
    let pod = view.pods.get("n", "p").expect("a pod");
    assert_eq!(view.owner_of(&pod.metadata).expect("owned").to_string(), "Service.serving.knative.dev n/x");
    let service = view.services.get("n", "x").expect("a service");
    assert_eq!(
        view.events_of("Service", &service.metadata).count(),
        0,
        "the event tells of the other Service"
    );
    assert_eq!(view.events_about(&ObjectRef::new("Service.serving.knative.dev", "n", "x")).count(), 1);
    assert_eq!(
        view.top_owner_of(&ObjectRef::new("Gadget", "n", "x")).to_string(),
        "Plant top",
        "no namespace"
    );
}

#[test]
fn absence_is_proved_type_by_type() {
    let types = vec![
        (custom_type("a.io", "Widget", true), Status::Complete),
        (custom_type("b.io", "Gadget", true), Status::Forbidden),
    ];
    let view = view_of(&[(Kind::CustomResource, INSTANCES)], types);
    assert!(matches!(view.lookup_custom("a.io", "Widget", "n", "x"), Lookup::Found(_)));
    assert!(view.lookup_custom("a.io", "Widget", "n", "y").is_missing());
    assert!(!view.lookup_custom("b.io", "Gadget", "n", "y").is_missing(), "forbidden");
    assert!(view.lookup_custom("d.io", "Other", "n", "y").is_missing(), "such a type is not defined");
    let unread = Builder::new(Time::from_unix(0), "").finish();
    assert!(!unread.lookup_custom("a.io", "Widget", "n", "y").is_missing());
}

#[test]
fn fields_of_any_shape_cost_nothing_but_themselves() {
    let body = r#"{"items":[
      {"apiVersion":"a.io/v1","kind":"W","metadata":{"name":"1"},"spec":"text","status":"text"},
      {"apiVersion":"a.io/v1","kind":"W","metadata":{"name":"2"},"spec":[1],"status":[{"conditions":1}]},
      {"apiVersion":"a.io/v1","kind":"W","metadata":{"name":"3"},"status":{"conditions":{"Ready":true},"phase":7,"state":"Ok"}},
      {"apiVersion":"a.io/v1","kind":"W","metadata":{"name":"4"},"status":{"observedGeneration":"3","error":{"message":"no"},
        "conditions":[1,"x",null,{"type":"Ready","status":true,"message":{"a":1},"lastTransitionTime":"yesterday"},{"status":"True"}]}}]}"#;
    let view = view_of(&[(Kind::CustomResource, body)], Vec::new());
    let get = |name: &str| view.custom_resources.get("", name).expect("read");
    assert!(get("1").status.conditions.is_empty() && get("3").status.conditions.is_empty());
    assert_eq!(get("3").status.phase.as_str(), "Ok");
    let last = &get("4").status;
    assert_eq!((last.conditions.len(), last.message.as_str(), last.error), (1, "no", true));
    assert_eq!((last.conditions[0].status.as_str(), last.conditions[0].last_transition_time), ("", None));
}

#[test]
fn references_and_rest_are_found_in_any_spec() {
    let body = r#"{"items":[{"apiVersion":"a.io/v1","kind":"W","metadata":{"name":"1"},"spec":{
      "suspend":true,"serviceAccountName":"sa","interval":"5m",
      "sourceRef":{"kind":"GitRepository","name":"app","namespace":"flux"},
      "auth":{"passwordSecretRef":{"name":"pw","key":"k"}},
      "writeConnectionSecretToRef":{"name":"out","namespace":"n"},
      "env":[{"valueFrom":{"secretKeyRef":{"name":"e"}}}],"dependsOn":[{"name":"one"},{"name":"two"}]}},
      {"apiVersion":"a.io/v1","kind":"W","metadata":{"name":"2"},"spec":{"nested":{"suspend":true},"replicas":0}}]}"#;
    let view = view_of(&[(Kind::CustomResource, body)], Vec::new());
    let spec = &view.custom_resources.get("", "1").expect("read").spec;
    let told: Vec<String> =
        spec.refs.iter().map(|r| format!("{} {} {} {}", r.field, r.kind, r.namespace, r.name)).collect();
    let expected = [
        "serviceAccountName ServiceAccount  sa",
        "sourceRef GitRepository flux app",
        "passwordSecretRef Secret  pw",
        "writeConnectionSecretToRef Secret n out",
        "secretKeyRef Secret  e",
        "dependsOn   one",
        "dependsOn   two",
    ];
    assert_eq!(told, expected);
    assert!(spec.rests && spec.refs[3].is_output() && !spec.refs[4].is_output());
    assert!(view.custom_resources.get("", "2").expect("read").spec.rests, "scaled to zero");
}

#[test]
fn a_definition_tells_what_its_instances_may_say() {
    let body = r#"{"items":[{"metadata":{"name":"widgets.a.io"},"spec":{"group":"a.io","scope":"Namespaced",
      "names":{"kind":"Widget","plural":"widgets"},"versions":[
      {"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{
        "spec":{"properties":{"conditions":{}}},
        "status":{"type":"object","properties":{"conditions":{"type":"array"},"phase":{"type":"string"}}}}}}},
      {"name":"v2","schema":{"openAPIV3Schema":{"x-kubernetes-preserve-unknown-fields":true}}},
      {"name":"v3","schema":{"openAPIV3Schema":{"properties":{"status":{"properties":{"ready":{}}}}}}},
      {"name":"v4","schema":7},{"name":"v5"}]}}]}"#;
    let view = view_of(&[(Kind::CustomResourceDefinition, body)], Vec::new());
    let definition = view.custom_resource_definitions.get("", "widgets.a.io").expect("read");
    let told: Vec<(bool, bool, bool)> = definition
        .spec
        .versions
        .iter()
        .map(|v| (v.schema.conditions, v.schema.phase, v.schema.open))
        .collect();
    assert_eq!(told[..3], [(true, true, false), (false, false, true), (false, false, false)]);
    assert_eq!(definition.spec.names.kind.as_str(), "Widget");
}

#[test]
fn a_group_is_told_from_a_version() {
    for (api_version, group) in
        [("v1", ""), ("", ""), ("apps/v1", "apps"), ("apps", "apps"), ("vault.io", "vault.io")]
    {
        assert_eq!(view::group_of(api_version), group);
    }
    assert_eq!(view::called("apps", "Deployment").as_str(), "Deployment");
    assert_eq!(view::called("", "Service").as_str(), "Service");
    assert_eq!(view::called("x.io/v1", "Service").as_str(), "Service.x.io");
}
