using System.Runtime.Serialization;

namespace Dapr;

/// <summary>
/// A call to the sidecar failed: it answered with an error, or it could not be reached (then the inner exception says
/// why).
/// </summary>
[Serializable]
public class DaprException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed and what the sidecar said.</param>
    public DaprException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="innerException">Why it failed.</param>
    public DaprException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Restores the exception from a serialized form.</summary>
    /// <param name="info">The serialized fields.</param>
    /// <param name="context">Where they come from.</param>
#pragma warning disable MA0070 // The attribute is the official one, which has no message.
    [Obsolete(DiagnosticId = "SYSLIB0051")]
#pragma warning restore MA0070
    protected DaprException(SerializationInfo info, StreamingContext context)
        : base(info, context)
    {
    }
}
