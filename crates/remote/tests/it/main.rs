//! What is asked of AWS, and what is made of its answers: against a stand-in on loopback.

mod credentials;
mod faults;
mod reading;
mod server;
