// A program of findings/alone, whose path is in ALONE.
include!(env!("ALONE"));
