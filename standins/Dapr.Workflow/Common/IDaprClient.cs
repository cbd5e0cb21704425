namespace Dapr.Common;

/// <summary>A client of one of the sidecar's services.</summary>
public interface IDaprClient : IDisposable;
