package dev.braid.tools.fuzz;

import dev.braid.testing.fuzz.FuzzCorpus;

class CorpusTest extends FuzzCorpus {}
