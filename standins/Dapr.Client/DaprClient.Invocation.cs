namespace Dapr.Client;

public abstract partial class DaprClient
{
    private protected const string InvocationGuidance =
        "Recommended guidance is to use a native HTTP or gRPC client for service invocation";

    /// <summary>
    /// A client whose requests to <c>http://app-id/path</c> go to that app through this client's sidecar.
    /// </summary>
    /// <param name="appId">Base address, so that relative URIs can be used; needed for an app id with capitals.</param>
    public abstract HttpClient CreateInvokableHttpClient(string? appId = null);

    /// <summary>A POST to a method of an app.</summary>
    /// <param name="appId">The app.</param>
    /// <param name="methodName">The method: a path, with or without a leading slash.</param>
    public HttpRequestMessage CreateInvokeMethodRequest(string appId, string methodName) =>
        CreateInvokeMethodRequest(HttpMethod.Post, appId, methodName);

    /// <summary>A POST to a method of an app.</summary>
    /// <param name="appId">The app.</param>
    /// <param name="methodName">The method: a path, with or without a leading slash.</param>
    /// <param name="queryStringParameters">The query.</param>
    public HttpRequestMessage CreateInvokeMethodRequest(
        string appId,
        string methodName,
        IReadOnlyCollection<KeyValuePair<string, string>> queryStringParameters) =>
        CreateInvokeMethodRequest(HttpMethod.Post, appId, methodName, queryStringParameters);

    /// <summary>A call of a method of an app.</summary>
    /// <param name="httpMethod">The HTTP method.</param>
    /// <param name="appId">The app.</param>
    /// <param name="methodName">The method: a path, with or without a leading slash.</param>
    public abstract HttpRequestMessage CreateInvokeMethodRequest(
        HttpMethod httpMethod, string appId, string methodName);

    /// <summary>A call of a method of an app.</summary>
    /// <param name="httpMethod">The HTTP method.</param>
    /// <param name="appId">The app.</param>
    /// <param name="methodName">The method: a path, with or without a leading slash.</param>
    /// <param name="queryStringParameters">The query.</param>
    public abstract HttpRequestMessage CreateInvokeMethodRequest(
        HttpMethod httpMethod,
        string appId,
        string methodName,
        IReadOnlyCollection<KeyValuePair<string, string>> queryStringParameters);

    /// <summary>A POST of JSON to a method of an app.</summary>
    /// <typeparam name="TRequest">Type of the data; JSON is written by this type.</typeparam>
    /// <param name="appId">The app.</param>
    /// <param name="methodName">The method: a path, with or without a leading slash.</param>
    /// <param name="data">The data.</param>
    public HttpRequestMessage CreateInvokeMethodRequest<TRequest>(string appId, string methodName, TRequest data) =>
        CreateInvokeMethodRequest(HttpMethod.Post, appId, methodName, [], data);

    /// <summary>A call of a method of an app with JSON.</summary>
    /// <typeparam name="TRequest">Type of the data; JSON is written by this type.</typeparam>
    /// <param name="httpMethod">The HTTP method.</param>
    /// <param name="appId">The app.</param>
    /// <param name="methodName">The method: a path, with or without a leading slash.</param>
    /// <param name="queryStringParameters">The query.</param>
    /// <param name="data">The data.</param>
    public abstract HttpRequestMessage CreateInvokeMethodRequest<TRequest>(
        HttpMethod httpMethod,
        string appId,
        string methodName,
        IReadOnlyCollection<KeyValuePair<string, string>> queryStringParameters,
        TRequest data);

    /// <summary>Sends a request made by this client and returns the answer, whatever its status.</summary>
    /// <param name="request">Made by <see cref="CreateInvokeMethodRequest(string, string)"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvocationException">There was no answer.</exception>
    [Obsolete(InvocationGuidance)]
    public abstract Task<HttpResponseMessage> InvokeMethodWithResponseAsync(
        HttpRequestMessage request, CancellationToken cancellationToken = default);

    /// <summary>Sends a request made by this client and drops the answer.</summary>
    /// <param name="request">Made by <see cref="CreateInvokeMethodRequest(string, string)"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvocationException">There was no answer, or no successful one.</exception>
    [Obsolete(InvocationGuidance)]
    public abstract Task InvokeMethodAsync(HttpRequestMessage request, CancellationToken cancellationToken = default);

    /// <summary>Sends a request made by this client.</summary>
    /// <typeparam name="TResponse">Type of the answer, which is JSON.</typeparam>
    /// <param name="request">Made by <see cref="CreateInvokeMethodRequest(string, string)"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvocationException">
    /// There was no answer, or no successful one, or it could not be read.
    /// </exception>
    [Obsolete(InvocationGuidance)]
    public abstract Task<TResponse> InvokeMethodAsync<TResponse>(
        HttpRequestMessage request, CancellationToken cancellationToken = default);

    /// <summary>POSTs to a method of an app.</summary>
    /// <param name="appId">The app.</param>
    /// <param name="methodName">The method.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvocationException">There was no answer, or no successful one.</exception>
    [Obsolete(InvocationGuidance)]
    public Task InvokeMethodAsync(string appId, string methodName, CancellationToken cancellationToken = default) =>
        InvokeMethodAsync(CreateInvokeMethodRequest(appId, methodName), cancellationToken);

    /// <summary>Calls a method of an app.</summary>
    /// <param name="httpMethod">The HTTP method.</param>
    /// <param name="appId">The app.</param>
    /// <param name="methodName">The method.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvocationException">There was no answer, or no successful one.</exception>
    [Obsolete(InvocationGuidance)]
    public Task InvokeMethodAsync(
        HttpMethod httpMethod, string appId, string methodName, CancellationToken cancellationToken = default) =>
        InvokeMethodAsync(CreateInvokeMethodRequest(httpMethod, appId, methodName), cancellationToken);

    /// <summary>POSTs JSON to a method of an app.</summary>
    /// <typeparam name="TRequest">Type of the data.</typeparam>
    /// <param name="appId">The app.</param>
    /// <param name="methodName">The method.</param>
    /// <param name="data">The data.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvocationException">There was no answer, or no successful one.</exception>
    [Obsolete(InvocationGuidance)]
    public Task InvokeMethodAsync<TRequest>(
        string appId, string methodName, TRequest data, CancellationToken cancellationToken = default) =>
        InvokeMethodAsync(CreateInvokeMethodRequest(appId, methodName, data), cancellationToken);

    /// <summary>Calls a method of an app with JSON.</summary>
    /// <typeparam name="TRequest">Type of the data.</typeparam>
    /// <param name="httpMethod">The HTTP method.</param>
    /// <param name="appId">The app.</param>
    /// <param name="methodName">The method.</param>
    /// <param name="data">The data.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvocationException">There was no answer, or no successful one.</exception>
    [Obsolete(InvocationGuidance)]
    public Task InvokeMethodAsync<TRequest>(
        HttpMethod httpMethod,
        string appId,
        string methodName,
        TRequest data,
        CancellationToken cancellationToken = default) =>
        InvokeMethodAsync(CreateInvokeMethodRequest(httpMethod, appId, methodName, [], data), cancellationToken);

    /// <summary>POSTs to a method of an app.</summary>
    /// <typeparam name="TResponse">Type of the answer, which is JSON.</typeparam>
    /// <param name="appId">The app.</param>
    /// <param name="methodName">The method.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvocationException">
    /// There was no answer, or no successful one, or it could not be read.
    /// </exception>
    [Obsolete(InvocationGuidance)]
    public Task<TResponse> InvokeMethodAsync<TResponse>(
        string appId, string methodName, CancellationToken cancellationToken = default) =>
        InvokeMethodAsync<TResponse>(CreateInvokeMethodRequest(appId, methodName), cancellationToken);

    /// <summary>Calls a method of an app.</summary>
    /// <typeparam name="TResponse">Type of the answer, which is JSON.</typeparam>
    /// <param name="httpMethod">The HTTP method.</param>
    /// <param name="appId">The app.</param>
    /// <param name="methodName">The method.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvocationException">
    /// There was no answer, or no successful one, or it could not be read.
    /// </exception>
    [Obsolete(InvocationGuidance)]
    public Task<TResponse> InvokeMethodAsync<TResponse>(
        HttpMethod httpMethod, string appId, string methodName, CancellationToken cancellationToken = default) =>
        InvokeMethodAsync<TResponse>(CreateInvokeMethodRequest(httpMethod, appId, methodName), cancellationToken);

    /// <summary>POSTs JSON to a method of an app.</summary>
    /// <typeparam name="TRequest">Type of the data.</typeparam>
    /// <typeparam name="TResponse">Type of the answer, which is JSON.</typeparam>
    /// <param name="appId">The app.</param>
    /// <param name="methodName">The method.</param>
    /// <param name="data">The data.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvocationException">
    /// There was no answer, or no successful one, or it could not be read.
    /// </exception>
    [Obsolete(InvocationGuidance)]
    public Task<TResponse> InvokeMethodAsync<TRequest, TResponse>(
        string appId, string methodName, TRequest data, CancellationToken cancellationToken = default) =>
        InvokeMethodAsync<TResponse>(CreateInvokeMethodRequest(appId, methodName, data), cancellationToken);

    /// <summary>Calls a method of an app with JSON.</summary>
    /// <typeparam name="TRequest">Type of the data.</typeparam>
    /// <typeparam name="TResponse">Type of the answer, which is JSON.</typeparam>
    /// <param name="httpMethod">The HTTP method.</param>
    /// <param name="appId">The app.</param>
    /// <param name="methodName">The method.</param>
    /// <param name="data">The data.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvocationException">
    /// There was no answer, or no successful one, or it could not be read.
    /// </exception>
    [Obsolete(InvocationGuidance)]
    public Task<TResponse> InvokeMethodAsync<TRequest, TResponse>(
        HttpMethod httpMethod,
        string appId,
        string methodName,
        TRequest data,
        CancellationToken cancellationToken = default) =>
        InvokeMethodAsync<TResponse>(
            CreateInvokeMethodRequest(httpMethod, appId, methodName, [], data), cancellationToken);
}
