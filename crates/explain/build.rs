//! Compiles the protocol of Interplex: the client for the library, the server for its tests.

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    for (name, client) in [("client", true), ("server", false)] {
        let folder = out.join(name);
        std::fs::create_dir_all(&folder)?;
        let compiled = protox::compile(["proto/interplex.proto"], ["proto"])?;
        tonic_prost_build::configure()
            .build_client(client)
            .build_server(!client)
            .out_dir(folder)
            .compile_fds(compiled)?;
    }
    Ok(())
}
