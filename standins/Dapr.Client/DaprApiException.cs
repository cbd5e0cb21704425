// Without nullable annotations, as the official type is: callers get no warnings on one that they would not get on the
// other.
#nullable disable

using System.Runtime.Serialization;

namespace Dapr;

/// <summary>An error that carries the error code of the Dapr API.</summary>
[Serializable]
public class DaprApiException : DaprException
{
    private const string UnknownErrorCode = "UNKNOWN";

    /// <summary>An error of which nothing is known.</summary>
    public DaprApiException()
        : this(errorCode: null, isTransient: false)
    {
    }

    /// <summary>An error without a code.</summary>
    /// <param name="message">What failed.</param>
    public DaprApiException(string message)
        : this(message, errorCode: null, isTransient: false)
    {
    }

    /// <summary>An error without a code.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="innerException">Why it failed.</param>
    public DaprApiException(string message, Exception innerException)
        : this(message, innerException, errorCode: null, isTransient: false)
    {
    }

    /// <summary>An error that is told by its code alone.</summary>
    /// <param name="errorCode">The API's error code.</param>
    /// <param name="isTransient">Whether trying again may help.</param>
    public DaprApiException(string errorCode, bool isTransient)
        : this(string.Empty, errorCode, isTransient)
    {
    }

    /// <summary>An error with a code.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="errorCode">The API's error code.</param>
    /// <param name="isTransient">Whether trying again may help.</param>
    public DaprApiException(string message, string errorCode, bool isTransient)
        : this(message, inner: null, errorCode, isTransient)
    {
    }

    /// <summary>An error with a code and a cause.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="inner">Why it failed.</param>
    /// <param name="errorCode">The API's error code.</param>
    /// <param name="isTransient">Whether trying again may help.</param>
    public DaprApiException(string message, Exception inner, string errorCode, bool isTransient)
        : base(message, inner)
    {
        ErrorCode = errorCode ?? UnknownErrorCode;
        IsTransient = isTransient;
    }

    /// <summary>Restores the exception from a serialized form.</summary>
    /// <param name="info">The serialized fields.</param>
    /// <param name="context">Where they come from.</param>
#pragma warning disable MA0070 // The attribute is the official one, which has no message.
    [Obsolete(DiagnosticId = "SYSLIB0051")]
#pragma warning restore MA0070
    protected DaprApiException(SerializationInfo info, StreamingContext context)
        : base(info, context)
    {
        if (info is not null)
        {
            ErrorCode = (string)info.GetValue(nameof(ErrorCode), typeof(string));
            IsTransient = info.GetBoolean(nameof(IsTransient));
        }
    }

    /// <summary>The API's error code, <c>UNKNOWN</c> where there is none.</summary>
    public string ErrorCode { get; }

    /// <summary>Whether trying again may help.</summary>
    public bool IsTransient { get; }

    /// <summary>Writes the exception's fields.</summary>
    /// <param name="info">Takes the fields.</param>
    /// <param name="context">Where they go.</param>
#pragma warning disable MA0070 // The attribute is the official one, which has no message.
    [Obsolete(DiagnosticId = "SYSLIB0051")]
#pragma warning restore MA0070
    public override void GetObjectData(SerializationInfo info, StreamingContext context)
    {
        base.GetObjectData(info, context);
        info?.AddValue(nameof(ErrorCode), ErrorCode);
        info?.AddValue(nameof(IsTransient), IsTransient);
    }
}
