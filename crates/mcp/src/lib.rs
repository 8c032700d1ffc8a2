//! The MCP front: tools, resources, prompts, stdio, HTTP.

mod arg;
mod read;
mod text;
