package dev.braid.tools.serve;

import dev.braid.stack.Stack;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** One service on one port: a virtual thread accepts, one more serves each connection. Ends with its stack. */
final class Server {
    private static final int BACKLOG = 1024;

    private final Stack stack;
    private final Service service;
    private final ServerSocketChannel listener;

    private Server(Stack stack, Service service, ServerSocketChannel listener) {
        this.stack = stack;
        this.service = service;
        this.listener = listener;
    }

    /**
     * Listens on all addresses of the stack and begins to serve.
     *
     * @throws IOException when the port is taken
     */
    static Server start(Stack stack, Service service, int port) throws IOException {
        var server = new Server(stack, service, stack.listen(new InetSocketAddress(port), BACKLOG));
        Thread.ofVirtual().name(service.label() + "-" + port).start(server::accept);
        return server;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel connection = listener.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            // A stack that is closed ends its listeners; only one that failed is news.
            if (stack.failure() != null) {
                System.err.println("braid serve: " + service.label() + ": " + e.getMessage());
            }
        }
    }

    /** A peer that goes away in the middle is everyday life: the connection ends and nothing else. */
    private void serve(SocketChannel connection) {
        try (connection) {
            service.serve(connection);
        } catch (IOException e) {
            // Counted by the stack.
        }
    }
}
