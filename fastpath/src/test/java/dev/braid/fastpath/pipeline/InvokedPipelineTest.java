package dev.braid.fastpath.pipeline;

class InvokedPipelineTest extends PipelineContract {
    InvokedPipelineTest() {
        super(Threads.INVOKED);
    }
}
