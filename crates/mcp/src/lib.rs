//! The MCP front: tools, resources, prompts, stdio, HTTP
