package dev.braid.fastpath.pipeline;

/**
 * How long a thread looks for work before it sleeps. Each look is a whole duty cycle, a read of every device included.
 *
 * @param spins looks with nothing but a pause between them
 * @param yields looks after that, the processor offered to others between them
 */
public record IdlePolicy(int spins, int yields) {
    /**
     * No spinning, for on few cores it takes the time that the application and the kernel need to answer: eight looks, each a
     * read of every device, cost a ping-pong on one core a fifth of its round trip. Two yields, after which the answer is often
     * there, save the sleep.
     */
    public static final IdlePolicy DEFAULT = new IdlePolicy(0, 2);
    /** Sleeps at once. */
    public static final IdlePolicy SLEEPY = new IdlePolicy(0, 0);
}
