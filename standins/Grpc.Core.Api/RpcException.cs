namespace Grpc.Core;

/// <summary>A call ended with a status other than OK.</summary>
public class RpcException : Exception
{
    /// <summary>With the status as message.</summary>
    public RpcException(Status status)
        : this(status, status.ToString())
    {
    }

    /// <summary>With a message of its own.</summary>
    public RpcException(Status status, string message)
        : this(status, Metadata.Empty, message)
    {
    }

    /// <summary>With the call's trailers.</summary>
    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, status.ToString())
    {
    }

    /// <summary>With the call's trailers and a message of its own.</summary>
    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        Status = status;
        Trailers = trailers;
    }

    /// <summary>How the call ended.</summary>
    public Status Status { get; }

    /// <summary>The status's code.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>Metadata that came after the answer.</summary>
    public Metadata Trailers { get; }
}
