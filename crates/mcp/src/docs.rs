//! The reference of tools, resources and prompts as Markdown, from the same tables that clients see.

use std::fmt::Write as _;

use crate::arg::Arg;
use crate::{prompts, resources, tools};

/// Markdown for `docs/`: a heading a tool with its arguments, then resources and prompts.
pub fn reference() -> String {
    let mut out = String::from("# MCP reference\n\n## Tools\n");
    for tool in tools::ALL {
        let kind = if tool.writes { "changes the configuration file" } else { "reads only" };
        let _ = write!(out, "\n### {}\n\n{} ({kind})\n\n", tool.name, tool.description);
        args(&mut out, tool.args);
    }
    out.push_str("\n## Resources\n\n| URI | Holds |\n|---|---|\n");
    for resource in resources::ALL {
        let _ = writeln!(out, "| `{}` (also `{}`) | {} |", resource.uri, resource.name, resource.description);
    }
    out.push_str("\n## Prompts\n");
    for prompt in prompts::ALL {
        let _ = write!(out, "\n### {}\n\n{}\n\n", prompt.name, prompt.description);
        args(&mut out, prompt.args);
    }
    out
}

fn args(out: &mut String, args: &[Arg]) {
    if args.is_empty() {
        out.push_str("No arguments.\n");
        return;
    }
    out.push_str("| Argument | Type | Required | Meaning |\n|---|---|---|---|\n");
    for arg in args {
        let also = match arg.aliases {
            [] => String::new(),
            aliases => format!(" (also `{}`)", aliases.join("`, `")),
        };
        let required = if arg.required { "yes" } else { "no" };
        let _ = writeln!(out, "| `{}`{also} | {} | {required} | {} |", arg.name, arg.kind.word(), arg.description);
    }
}
