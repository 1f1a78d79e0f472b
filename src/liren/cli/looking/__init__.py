"""What ``liren doctor`` looks at, one function a look: its docstring is the look's name, its signs what was found."""
