//! View to findings to causes: a folder is an analyzer, a file is a rule, its path is its id
