//! Architecture rules, tidiness and whole stories over the shipped binary.
