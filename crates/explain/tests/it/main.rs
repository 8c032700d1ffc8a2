//! Masking, prompts and answers, on Views made of plain JSON.

mod answer;
mod clusters;
mod mask;
mod mask_many;
mod prompt;
