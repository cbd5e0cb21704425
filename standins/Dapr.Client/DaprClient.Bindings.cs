namespace Dapr.Client;

public abstract partial class DaprClient
{
    /// <summary>Calls an output binding and drops its answer.</summary>
    /// <typeparam name="TRequest">Type of the data; JSON is written by this type.</typeparam>
    /// <param name="bindingName">Name of the binding component.</param>
    /// <param name="operation">What it is asked to do.</param>
    /// <param name="data">The data.</param>
    /// <param name="metadata">Metadata for the binding.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task InvokeBindingAsync<TRequest>(
        string bindingName,
        string operation,
        TRequest data,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Calls an output binding.</summary>
    /// <typeparam name="TRequest">Type of the data; JSON is written by this type.</typeparam>
    /// <typeparam name="TResponse">Type of the answer.</typeparam>
    /// <param name="bindingName">Name of the binding component.</param>
    /// <param name="operation">What it is asked to do.</param>
    /// <param name="data">The data.</param>
    /// <param name="metadata">Metadata for the binding.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer, read from JSON; the type's default where it is empty.</returns>
    public abstract Task<TResponse> InvokeBindingAsync<TRequest, TResponse>(
        string bindingName,
        string operation,
        TRequest data,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Calls an output binding with data that is already written.</summary>
    /// <param name="request">The call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task<BindingResponse> InvokeBindingAsync(
        BindingRequest request, CancellationToken cancellationToken = default);
}
