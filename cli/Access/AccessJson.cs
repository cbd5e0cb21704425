using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cli.Access;

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeyFile))]
[JsonSerializable(typeof(RunSecrets))]
internal sealed partial class AccessJson : JsonSerializerContext;
