//! Naver Login as browsers meet it: the server, the sandbox's Naver, and somebody who walks from one to the other.

mod browser;
mod journeys;
mod leaving;
mod linking;
mod refusals;
