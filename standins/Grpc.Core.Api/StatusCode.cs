namespace Grpc.Core;

/// <summary>Outcome of a call. Source: the gRPC core documentation, "Status codes and their use in gRPC".</summary>
public enum StatusCode
{
    /// <summary>Success.</summary>
    OK = 0,

    /// <summary>The caller gave the call up.</summary>
    Cancelled = 1,

    /// <summary>An error that has no better code.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the system's state.</summary>
    InvalidArgument = 3,

    /// <summary>The time was up before the call ended; it may have taken effect.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>What was to be made exists.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>Something has run out, or a message is too large.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in a state for this call.</summary>
    FailedPrecondition = 9,

    /// <summary>A conflict with another call.</summary>
    Aborted = 10,

    /// <summary>Beyond the valid range.</summary>
    OutOfRange = 11,

    /// <summary>The method does not exist here.</summary>
    Unimplemented = 12,

    /// <summary>Something that should hold does not.</summary>
    Internal = 13,

    /// <summary>The server cannot be reached at present; the call may be repeated.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or corrupt.</summary>
    DataLoss = 15,

    /// <summary>The caller has not proved who it is.</summary>
    Unauthenticated = 16,
}
