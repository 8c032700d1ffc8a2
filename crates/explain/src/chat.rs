//! What is said to a model and what it says: plain data that every backend understands.

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The program's own instructions.
    System,
    /// The question, and what was looked up for it.
    User,
    /// The model.
    Assistant,
}

impl Role {
    /// Its name where there are `system`, `user` and `assistant`.
    pub fn name(self) -> &'static str {
        match self {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
        }
    }
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub text: String,
}

/// A conversation to be continued by the model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// Turns, oldest first; a system turn comes first if there is one.
    pub messages: Vec<Message>,
    /// JSON schema of the answer, for backends that can be held to one. The text says it too.
    pub schema: Option<serde_json::Value>,
}

/// What a model said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The text, as it came.
    pub text: String,
    /// Tokens that were read and written, where the endpoint tells; else an estimate of four characters each.
    pub tokens: u64,
    /// True when the answer was cut at the token limit.
    pub cut: bool,
}
