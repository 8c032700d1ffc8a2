//! A cache on an Interplex server: the server is the one that the protocol's compiler makes.

use explain::cache::{Cache, CacheError, CacheOptions, CachePlace, Environment, Key, PREFIX};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tonic::{Request, Response, Status};

#[allow(missing_docs, clippy::all, clippy::too_many_lines)]
mod pb {
    include!(concat!(env!("OUT_DIR"), "/server/schema.v1.rs"));
}

use pb::cache_service_server::{CacheService, CacheServiceServer};

#[derive(Clone, Default)]
struct Server(Arc<Mutex<BTreeMap<String, String>>>);

#[tonic::async_trait]
impl CacheService for Server {
    async fn set(&self, request: Request<pb::SetRequest>) -> Result<Response<pb::SetResponse>, Status> {
        let pb::SetRequest { key, value } = request.into_inner();
        self.0.lock().unwrap().insert(key, value);
        Ok(Response::new(pb::SetResponse {}))
    }

    async fn get(&self, request: Request<pb::GetRequest>) -> Result<Response<pb::GetResponse>, Status> {
        let found = self.0.lock().unwrap().get(&request.into_inner().key).cloned();
        let value = found.ok_or_else(|| Status::unknown("key not found"))?;
        Ok(Response::new(pb::GetResponse { value }))
    }

    async fn delete(
        &self,
        request: Request<pb::DeleteRequest>,
    ) -> Result<Response<pb::DeleteResponse>, Status> {
        self.0.lock().unwrap().remove(&request.into_inner().key);
        Ok(Response::new(pb::DeleteResponse {}))
    }
}

/// Serves until the test ends; gives the port.
async fn serve(server: &Server) -> u16 {
    let incoming = tonic::transport::server::TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = incoming.local_addr().unwrap().port();
    let service = CacheServiceServer::new(server.clone());
    tokio::spawn(tonic::transport::Server::builder().add_service(service).serve_with_incoming(incoming));
    port
}

fn open(connection_string: &str) -> Cache {
    let place = CachePlace::Interplex { connection_string: connection_string.to_owned() };
    Cache::open(&place, &CacheOptions::default()).unwrap()
}

#[tokio::test]
async fn two_clients_share_answers() {
    let server = Server::default();
    server.0.lock().unwrap().insert("original".to_owned(), "kept".to_owned());
    let port = serve(&server).await;
    let (one, two) = (open(&format!("127.0.0.1:{port}")), open(&format!("localhost:{port}")));
    let key = Key::of(&["a"]);
    one.check().await.unwrap();
    assert_eq!(one.get(&key).await, None);
    one.put(&key, "text").await;
    assert_eq!(two.get(&key).await.unwrap().text, "text");
    assert!(server.0.lock().unwrap().contains_key(&format!("{PREFIX}/{key}")));
    assert!(two.purge(&key).await.unwrap() && !two.purge(&key).await.unwrap());
    let all = two.purge_all().await.unwrap_err();
    assert!(matches!(all, CacheError::NoList { .. }), "{all}");
    assert!(all.to_string().contains("cannot be listed"), "{all}");
    assert_eq!(server.0.lock().unwrap().len(), 1);
    assert!(one.warnings().is_empty() && two.warnings().is_empty());
    server.0.lock().unwrap().insert(format!("{PREFIX}/{key}"), "garbage".to_owned());
    assert_eq!(one.get(&key).await, None);
    assert!(one.warnings()[0].contains("damaged"), "{:?}", one.warnings());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let cache = open(&format!("127.0.0.1:{port}"));
    let error = cache.check().await.unwrap_err().to_string();
    assert!(
        error.contains(&format!("Interplex server 127.0.0.1:{port}")) && error.contains("refused"),
        "{error}"
    );
    assert_eq!(cache.get(&Key::of(&["a"])).await, None);
    assert_eq!(cache.warnings().len(), 1);
}

#[tokio::test]
async fn local_mode_needs_no_connection_string() {
    let place = CachePlace::Interplex { connection_string: String::new() };
    assert!(Cache::open(&place, &CacheOptions::default()).is_err());
    let environment = Environment::new(|name| (name == "INTERPLEX_LOCAL_MODE").then(|| "true".to_owned()));
    let cache = Cache::open(&place, &CacheOptions { environment, ..CacheOptions::default() }).unwrap();
    assert_eq!(cache.place(), "Interplex server localhost:8084");
}
