package dev.braid.fastpath.fuzz;

import dev.braid.testing.fuzz.FuzzCorpus;

class CorpusTest extends FuzzCorpus {}
