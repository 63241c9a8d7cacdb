package dev.braid.stack.mptcp;

import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.ConnectionUser;
import dev.braid.stack.tcp.TcpFailure;

/** The user of what has no user yet: a connection that was not accepted, a TCB whose subflow is not made. */
enum Unaccepted implements ConnectionUser {
    USER;

    @Override
    public void onEstablished(Connection connection) {}

    @Override
    public void onReadable(Connection connection) {}

    @Override
    public void onWritable(Connection connection) {}

    @Override
    public void onFailed(Connection connection, TcpFailure failure) {}

    @Override
    public void onClosed(Connection connection) {}
}
