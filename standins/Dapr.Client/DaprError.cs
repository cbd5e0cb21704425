// Without nullable annotations, as the official type is.
#nullable disable

namespace Dapr;

/// <summary>The body of an error answer of the Dapr HTTP API.</summary>
public class DaprError
{
    /// <summary>A word such as <c>ERR_PUBSUB_NOT_FOUND</c>.</summary>
    public string ErrorCode { get; set; }

    /// <summary>A sentence for people.</summary>
    public string Message { get; set; }
}
