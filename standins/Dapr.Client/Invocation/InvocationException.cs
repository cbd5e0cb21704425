// Without nullable annotations, as the official type is.
#nullable disable

namespace Dapr.Client;

/// <summary>A service invocation failed.</summary>
public class InvocationException : DaprException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="appId">The app that was called.</param>
    /// <param name="methodName">The method that was called.</param>
    /// <param name="innerException">Why it failed.</param>
    /// <param name="response">The answer; null where there was none.</param>
    public InvocationException(
        string appId, string methodName, Exception innerException, HttpResponseMessage response)
        : base($"An exception occurred while invoking method: '{methodName}' on app-id: '{appId}'", innerException)
    {
        AppId = appId ?? "unknown";
        MethodName = methodName ?? "unknown";
        Response = response;
    }

    /// <summary>The app that was called, <c>unknown</c> where the request does not say.</summary>
    public string AppId { get; }

    /// <summary>The method that was called, <c>unknown</c> where the request does not say.</summary>
    public string MethodName { get; }

    /// <summary>The answer; null where there was none.</summary>
    public HttpResponseMessage Response { get; }
}
