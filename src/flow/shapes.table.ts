// Written by scripts/manifest-shapes.ts from tests/samples/shapes; not by hand.
import type { Digest } from "#base";

/** Shapes (`shapeOf`) that a client or a package declares of each tool. */
export interface Pinned {
  /** Versions that were looked at: of an npm package the only ones that its manifests are in force for. */
  readonly versions: readonly string[];
  readonly tools: Readonly<Record<string, readonly Digest[]>>;
}

export const TOOL_SHAPES: Readonly<Record<string, Pinned>> = {
  "claude-code": {
    // 1.0.76: the request of the npm package @anthropic-ai/claude-code (claude -p), captured
    // 2.0.76: the request of the npm package @anthropic-ai/claude-code (claude -p), captured
    // 2.1.76: the request of the npm package @anthropic-ai/claude-code (claude -p), captured
    // 2.1.197: the request of the npm package @anthropic-ai/claude-code (claude -p), captured
    // 2.1.276: the request of the npm package @anthropic-ai/claude-code (claude -p), captured
    // 2.1.197 without background tasks: the request of the npm package @anthropic-ai/claude-code (claude -p), captured with CLAUDE_CODE_DISABLE_BACKGROUND_TASKS=1
    versions: ["1.0.76", "2.0.76", "2.1.76", "2.1.197", "2.1.276", "2.1.197 without background tasks"],
    tools: {
      Bash: [
        "sha256:6e86ce1b95620f03aa97e31c090d9578e8db7e7fabf9cbd24ce38dcf49683519",
        "sha256:0cca200c6c4813d5b38c7faa7171f498fa2de586776adcedfe0ae0856b9ad01a",
        "sha256:b9b36185348d7c95d6b193e77bcb4fbe749a3d3f2cef49d1fa306d8a72653973",
      ],
      BashOutput: ["sha256:cfd336318d8d4e7372950b866773b3bb5fb617bebe2691b06d6bd8befce3b5d3"],
      Edit: ["sha256:00b1df0a4e907a7bc1af15d0ce3865b7656c1497f0f914a9df3dc306c71106af"],
      Glob: ["sha256:12f12b77407ae00995533dc462b88bf08dcaf888d8fcc9baa8f548523ce7acca"],
      Grep: [
        "sha256:16e1caed59b67444937c01e934c56f3cc1adea90d88dd7f3bc81b323a0454d6e",
        "sha256:d8f227b18b1ded367f2a1fa18c76cc36522ee92fa3ba429d3746ace0d367d287",
        "sha256:b09296313a667d94da2910b0b308cdad817c031700e7400cc9848960a9c1b349",
      ],
      KillBash: ["sha256:34a35433fe582fe308599170c52a6a8a7515ddb31bfa8d731a22019fbd40cca9"],
      KillShell: ["sha256:e58e1cc545d4be67b6404b278ae967adf0a02a363a150f9ba36147c6a03b7b57"],
      LS: ["sha256:d476802e9c33a4d0266c524f6c3741f9fd9470cd548212689595da390a8cc4dd"],
      MultiEdit: ["sha256:d397f538b99c9caa73ebddd0bedc189a0a98eb7d0aa7d29769f4b9499dc7c46f"],
      NotebookEdit: ["sha256:6f5bec4c45f6668bbd32877e5b338fd346fd176d93e3d7ce36021bf0edfb463f"],
      Read: [
        "sha256:6ec72d787742c27c8e4ed2069c3779d326f70ceea716bbcf4901233c6c935338",
        "sha256:99db30c6482331369900d8e0aa56e25f570c9abc7f8c89b8b4ebf0f6ad667b5a",
        "sha256:39d4d35004c621264d57e2b6a96b16e7851cfad958be649778dfc5388a94b515",
      ],
      TaskCreate: ["sha256:335ec3edeaa49bad32962a491017f10297e263b9889735d3ef72c1114c0dcb6a"],
      TaskGet: ["sha256:29ed56487b10c59d251a14490a19ef1c5c0e82bcfdd51e9a5e73e6b210bab69a"],
      TaskList: ["sha256:2dc9203a742ce60564f1b98eb9dd02fd4cdd56fe07b84da81b2bb7e07d627de6"],
      TaskOutput: [
        "sha256:a670f99ba8425ea1801e3ef39ec6254af4cbb2b6d03e4a6bece3dfd7624af57b",
        "sha256:2772c61107ba7e51f90e56aaf2b6c811e64a0d85ef4f34f67bf1f56a17b82318",
      ],
      TaskStop: ["sha256:e66451d03591f828b49c2e3068f8523bdb2131d0c5829dd505b468b4fc646257"],
      TaskUpdate: ["sha256:e57945ddf530a701fb66dd295604581087df751cb5749fcc86e410bae6387678"],
      TodoWrite: [
        "sha256:d3744d5ccc6e6ae6bc0362154d0c0c3d49314e11069e75e2d5f462812df8e964",
        "sha256:53907041c32a619f89e10a16477410f10a24916236400876587718590b575b2c",
      ],
      WebFetch: ["sha256:941aeff14d4a63e82483521afbcf32724755f98c914eb6441082ef06fd669cc2"],
      WebSearch: ["sha256:4ee647da1c7bc01d4a8eca61db91eec335a75c9396cf64c80583a5e2b4f3791c"],
      Write: ["sha256:3e9155a3a74cb7824efe2fa335997b73fa8816f3283a6a0a965d2be7bd2ef79f"],
    },
  },
  codex: {
    // 0.135.0: the request of the npm package @openai/codex (codex exec), captured
    // 0.150.0: the request of the npm package @openai/codex (codex exec), captured
    // 0.169.0: the request of the npm package @openai/codex (codex exec), captured
    versions: ["0.135.0", "0.150.0", "0.169.0"],
    tools: {
      exec_command: [
        "sha256:a2bbc8d9115be4d68e7bb914d5b91065ffcaa796e9cf5ed0f8578bac59cbf12c",
        "sha256:17ada5db565179ba458cc2a1d50462f24423d4cc4df1df8f2b7f1bc6a31a12a0",
      ],
      update_plan: [
        "sha256:2824aedb26d0a9347db8d18cd7135ae07f46f143556de94b9553e86159e9ccaa",
        "sha256:4a25e81c9dbc119b189d58fce767f9da50491165af5908f51fd484f3cd5a287e",
      ],
      view_image: ["sha256:a8d4834af330df6da48265ce365c1660eb52350e19c725f94d3c09490b0df07b"],
      write_stdin: ["sha256:43629fe5f35415e6f3e85d2b962024e30ba23615f74c786d843cfb5d6cb1c003"],
    },
  },
  goose: {
    // block/goose@0dcb08ac307c8ab97d751eb560b3d30164187995: unverified: written out from the parameter types in crates/goose/src/agents/platform_extensions/developer/{edit,shell,tree}.rs as schemars 1 writes them, not captured
    versions: ["block/goose@0dcb08ac307c8ab97d751eb560b3d30164187995"],
    tools: {
      edit: ["sha256:f10db75a99128f54031f2053ecbcf53d0c4a231fe0e09967ee679e874988ac29"],
      shell: ["sha256:29b4222bdd343d4406c783158dc4a3bcd31661c403d841a8feff73d6060507ff"],
      tree: ["sha256:9ea3a8b6b13bf5b59443ea1c13093ca2f4e89b6c9f13a1c880368f858eff7ee7"],
      write: ["sha256:8831ef6301acd2f8dfa6c4e53acf84f4e9ff04d8ba62273b739abab666433f5f"],
    },
  },
  openclaw: {
    // 2026.9.6: the request of the npm package openclaw (openclaw agent --local), captured
    versions: ["2026.9.6"],
    tools: {
      edit: ["sha256:deb3a314c26c295f667e1a03528b0f9b3abe24389cfde77782fbbf98f6e84f64"],
      exec: ["sha256:06ec35e3f3612d643aacbdc2589d3ec0cdd5e9444ff33e7cb3ec5fe4fc5332f3"],
      ls: ["sha256:462eeb86f4ec386a45d8235aeb30d960f347213d712d62dc8490c1a5b5d12f3f"],
      process: ["sha256:1efff66ef183061d1db9ea08946a08e1f376213126b2650242391eddf540e7fa"],
      read: ["sha256:f6489b37526f3646838e94dd72783bbcbd0fc51275e69bdcb3555c3af79ff958"],
      write: ["sha256:8831ef6301acd2f8dfa6c4e53acf84f4e9ff04d8ba62273b739abab666433f5f"],
    },
  },
};

export const PACKAGE_SHAPES: Readonly<Record<string, Pinned>> = {
  "@modelcontextprotocol/server-brave-search": {
    // 0.6.2: what the npm package lists over stdio, started as `dist/index.js`
    versions: ["0.6.2"],
    tools: {
      brave_local_search: ["sha256:677a83d6c0acf26d0e7e06bc22089f29341c712d90d82bb7b66804cb9d5a3c5b"],
      brave_web_search: ["sha256:ddbf744cfbf970626bcc98ac2017bbca0f41fd07630a19f3db6a4f34f48eb5e3"],
    },
  },
  "@modelcontextprotocol/server-filesystem": {
    // 2026.8.31: what the npm package lists over stdio, started as `dist/index.js /tmp`
    versions: ["2026.8.31"],
    tools: {
      create_directory: ["sha256:e8bca6daebfbc8595588c25d2ba54ad947e2679b231903f2199d60c025eb14db"],
      directory_tree: ["sha256:e4561e6e9f5212fd82ed95100578ecf17d8dd757a429f0d17d16e8b87111719c"],
      edit_file: ["sha256:d27095604ba566e684b4506457e0ec33be0603f6a544a875d471838a633441cd"],
      get_file_info: ["sha256:9df06cf7c76e5fb315fb940de5caf0d0c1c638ff337db0fc05431c7088995def"],
      list_allowed_directories: ["sha256:ab098960110d39d13e19cab30e346f81d324a63054ca3b305b738fde3857792e"],
      list_directory: ["sha256:d567c14c0c94bbdc26ccc5faaba896353fd479d784d818ffeb7087fb62071c26"],
      list_directory_with_sizes: ["sha256:910fd72566160a22e1a27781c9357d265d2602145ed3af819e548ea68b236a07"],
      move_file: ["sha256:098394da0fe5e843680ed090a56d2acac8c83ebcd7bec26b66414b25b2e3fb27"],
      read_file: ["sha256:4dac25fdd63479f248231bcc092c00cfc006ecd8b152cdf4ff3f15730bd6aaf1"],
      read_media_file: ["sha256:04c08d4a2d00905241a07601d75b247fd63fc7859524b13aece069424f748f37"],
      read_multiple_files: ["sha256:8fa1e9b66a9d3eaa0fdbfea9750797f23d35ef124bf0eca821079c8ee2fb5b40"],
      read_text_file: ["sha256:9242285e197f8d6d69c11972f0af2bfbc4a708db0aaacd483bc87bab9188bde2"],
      search_files: ["sha256:ab9679ab35aa6e9aa287b023bfbbc426a472a944441d37c5cf07f023a1570245"],
      write_file: ["sha256:90caa405d7a19aedcd7a0e83aad2f468c3403464b714316fae9d15a6549a7479"],
    },
  },
  "@modelcontextprotocol/server-github": {
    // 2025.4.8: what the npm package lists over stdio, started as `dist/index.js`
    versions: ["2025.4.8"],
    tools: {
      add_issue_comment: ["sha256:a3b810d37265f1ea67fd190cab4f068d418a997dd23a34e803bfffe027b51586"],
      create_branch: ["sha256:95486f0469f9bf42dc4ed7fd0e5987ac62dba8d90155052684f71db7cc7b11de"],
      create_issue: ["sha256:32f28a3e26b9d53190c99b3fcb1fa6ee383a5eb2c2f4e64a5f6d64755c773b46"],
      create_or_update_file: ["sha256:5aac0fc51f0c6619b934ec8ec81e88d1c045c409766aa1a8de4702584a3fc27d"],
      create_pull_request: ["sha256:a3230515d2e99729099a95371c1add0504deca0e09ce75671dd50ab2679cbac7"],
      create_pull_request_review: ["sha256:4658a8ccb7367bbe31486f29cc663669abb6128cf57f80afb943c4007d280a28"],
      create_repository: ["sha256:d5ec01081183425fc03819a4a5bb598e1fe639605cd23f581ef6860d690d6da9"],
      fork_repository: ["sha256:933a77b5c72108b872f752d4ec166af0c47f939abd7657db4a4560b12d6c4213"],
      get_file_contents: ["sha256:ba9597c77d2c12901c48c27a19a9f24ac1297e9d573b8cb6031725c52699ff0a"],
      get_issue: ["sha256:8fa0254ae721912ee3e23e00d4c7d676fb1a39ab8436e8c67bf6e77d5bcd2e1e"],
      get_pull_request: ["sha256:9fe68728129f6b50d2d085c44bd243c392440394dedf63f6c482ac9337c0857c"],
      get_pull_request_comments: ["sha256:daf2a9c14d47a351771dff163098d97e7746916d1e8bc792c7a40416eee49a58"],
      get_pull_request_files: ["sha256:38b1ef856c4f90821ded1edda81763821ace905fc59eba6bd1fa6117da1ba8ae"],
      get_pull_request_reviews: ["sha256:b211d0a949926f2ce8defe9ce10fd89dfdc6e595c55f5834809646fc3949d3f4"],
      get_pull_request_status: ["sha256:fa685fcacab880dcf291502cd1c13703bfcd380b55906ad45f05b32f378b1831"],
      list_commits: ["sha256:e1128f67280223e0c3fef24fc44b52e48af447b915742db09bdd2b584ab9a79a"],
      list_issues: ["sha256:b026873f4115b73a207162e090246c205ec6e5cc9dc25080dd3dee92ec4a4953"],
      list_pull_requests: ["sha256:e4c87efcc0d80719ab0fe24d331c123c863b331ecec3aebf4c22dc25b0a3c62f"],
      merge_pull_request: ["sha256:13292f53ce46405c8d18a8ee906f40cba180d6e5fc26624d1ed22da4622b82bf"],
      push_files: ["sha256:63cbbf482eb466dd15dc50305a876e2cc9c4a8298531927b2e8b07a8a5d2ba91"],
      search_code: ["sha256:c32e8900bafb2035bd0fe86cd7c6f808a0f99759abc05d2b7059cb6a009516f2"],
      search_issues: ["sha256:2decf6556632154c44ec9c9c27e373446602ca402cfab8a500cffdf11b74cf5a"],
      search_repositories: ["sha256:4257c4bf9a7ed7945fc909754cb69d892fe91d111be1a5e78c3a083bed935fc7"],
      search_users: ["sha256:7ec2368afccb21fce734cf0e9c6ffcd8fc074b26b7d5792730d7ecf522827e47"],
      update_issue: ["sha256:ff8f07668f8b9f0a73966df4e36d35c67edd88ed2de2fc3f135f5cc4fca281d6"],
      update_pull_request_branch: ["sha256:aab1c645ac75b83bda190554c7eea6e3d96717c261b3b08ced423c71108a2a28"],
    },
  },
  "@modelcontextprotocol/server-memory": {
    // 2026.8.31: what the npm package lists over stdio, started as `dist/index.js`
    versions: ["2026.8.31"],
    tools: {
      add_observations: ["sha256:b99758cff394fbe22aa66fc8ddceff757bd2be0c5162b30d8f2a9d2055b16750"],
      create_entities: ["sha256:8f19b9b1dc304d54ab75aa762b1b5e2c3a6023c0ef093e10e8f8b0eb33c843f6"],
      create_relations: ["sha256:899314e5781fb0146ecfa9ce4fac5227eef036891be8981cffeb96e73681d300"],
      delete_entities: ["sha256:e9946e4499d631a86f45dfa4bc5dd65fc8868fa903f9465c1c89333778469907"],
      delete_observations: ["sha256:062925ef65d11af5661d10d8355b45048e11c95b073df947291cae09a1eaccd8"],
      delete_relations: ["sha256:772f602e9b61d988091e2ac4dcf9e8155b5e33dac673cd9a18df2aa900f411a5"],
      open_nodes: ["sha256:4506c4767513f036c9c8d2bbbaa15ab4c4bfc877e6dfaf5d1ca47ca7051c9d58"],
      read_graph: ["sha256:8ce2390cdf0bf05931c643cde87e76daab50c7bd7481f43ed9c2112c76057149"],
      search_nodes: ["sha256:369fd35b7109550cfbe81b073f9875d3c0a825ddc8d6708e61fcdfb8ed8c8ef6"],
    },
  },
  "@modelcontextprotocol/server-postgres": {
    // 0.6.2: what the npm package lists over stdio, started as `dist/index.js postgresql://localhost/none`
    versions: ["0.6.2"],
    tools: {
      query: ["sha256:f67da172ab6a10ff19c66ca2642ef181cbc186e87f080aa0406f00ad4554fba1"],
    },
  },
  "@modelcontextprotocol/server-sequential-thinking": {
    // 2026.8.31: what the npm package lists over stdio, started as `dist/index.js`
    versions: ["2026.8.31"],
    tools: {
      sequentialthinking: ["sha256:d8579b65c9213974e59f4c7e51a5a6f90ce6e1b81cdf36af5b8d65c221f05f0d"],
    },
  },
  "@modelcontextprotocol/server-slack": {
    // 2025.4.25: what the npm package lists over stdio, started as `dist/index.js`
    versions: ["2025.4.25"],
    tools: {
      slack_add_reaction: ["sha256:003aa7da74a622503dfa544c4d8ea2c415316a162152702b2a31c467e4602deb"],
      slack_get_channel_history: ["sha256:fda366501cc4909492c68cdba05f16a0618ec1348216dafd5015678d6b3ce8fe"],
      slack_get_thread_replies: ["sha256:87987405133262eb17a05ac576cc11a2008e5080925517d3d705778498324107"],
      slack_get_user_profile: ["sha256:e0f4063993508619bbb0ef643fb637b77533a66fe1e47ea2dc65ed1a6ae8b685"],
      slack_get_users: ["sha256:64c702df92d8436a01894fb5269f26b3fcad0e70cd99887ff1f7df575bb5a47e"],
      slack_list_channels: ["sha256:fd0827cfc6e3269fa2abee494591d15981f75e12b3a64274e6723dbe7f8f9bcc"],
      slack_post_message: ["sha256:2f26d0197d7ceb3b63fef6e276a8d5dc45cc29c2573062a62fdcbaf31ac45b77"],
      slack_reply_to_thread: ["sha256:4b387197ea505f50caa0c097dbab1b2f5b6f95d1ba873ce26530079595b1e833"],
    },
  },
  "@notionhq/notion-mcp-server": {
    // 2.5.2: what the npm package lists over stdio, started as `bin/cli.mjs`
    versions: ["2.5.2"],
    tools: {
      "API-create-a-comment": ["sha256:0074f84073884f8ab07232b4d6c0f0d00376baf114f17d10140ede3be37c492b"],
      "API-create-a-data-source": ["sha256:24e1b95cf30caaa927981f5691195d56fe7b7fe3e1641a6c6cb44a2b96840816"],
      "API-delete-a-block": ["sha256:7c1c3240ecc59a57cb7a833f960cdf7ded634eeafe5a7954ff383bb0ddf1616f"],
      "API-get-block-children": ["sha256:e0d2d96ad7bba78c10cae62b82141f06b02ad03ab4d7c398bf2d63771bda7df0"],
      "API-get-self": ["sha256:ef2900a2e271e42094a589f0fc928addd226e216b8a0ded9ff1372f95557874f"],
      "API-get-user": ["sha256:909819970c4d5d999af3623a45b4d4ee40dde66631060f4071d076662371cf27"],
      "API-get-users": ["sha256:00dd7d8761ff5f7b04fb2bdebd17d30ea602e6fe121fabfdeda28cdbff73c8f9"],
      "API-list-data-source-templates": [
        "sha256:9be35857bc83cc8b888310527a2edfc638b12b4956ac0344cd87412537c93b49",
      ],
      "API-move-page": ["sha256:a10c29f498f6b878d2a45b8e011f5a5bfb2ca4a616818ce57c40bf0a97fa3cfe"],
      "API-patch-block-children": ["sha256:3d0f85ae9816fa54430f6a791912850f0e9503574d7281c23c457057570ac624"],
      "API-patch-page": ["sha256:cd1d2c96ec908d65dae47d5d3287d6a9d0a1b3d45049a32258bc244ef099a58d"],
      "API-post-page": ["sha256:db774a147be6e8d8a1a7bd54d6a72b236c8ee736ba0b11498d2fc7e9fdc2ccf1"],
      "API-post-search": ["sha256:49a26428bb7fc5af444f11dd4f8043b73ae1089d3d79be142fa9359984eaa8f2"],
      "API-query-data-source": ["sha256:ce649323c9049df68b6dbf311b02fd8ee3581fff526123fb7cf1759ebce560ab"],
      "API-retrieve-a-block": ["sha256:221696b81e93fd59563b6b33895ebae455814c975dc4d7b923a529ab972e29f4"],
      "API-retrieve-a-comment": ["sha256:401734cbeb6acc24722b431c1b956a34cc9a87f163279f060abfca75cad85553"],
      "API-retrieve-a-data-source": [
        "sha256:4a990be9adb8087069605c334ccc7269fbfd2831ce6349d913a163b43a740ae1",
      ],
      "API-retrieve-a-database": ["sha256:141e9c895215c6d64e18f86b1a294dbc4b90e5de2b5940b7cf2b346dd504bbac"],
      "API-retrieve-a-page": ["sha256:ae35f3fe222197f1d27924059ae86f1167274eb440053ab2ea6c00a461641684"],
      "API-retrieve-a-page-property": [
        "sha256:cb02227e1edef036b833c5ad95a0835a9e5bdd51164c057afa04807f9f4d2a21",
      ],
      "API-retrieve-page-markdown": [
        "sha256:ddc8b6e58ddffc6f58159877623a89d260a70e72f57cc433b6290dfa2b4cfe3a",
      ],
      "API-update-a-block": ["sha256:9a7326eb86a2389c6ed81e7046a94f6ec9e80b372b8912d59d33bedfff5c463b"],
      "API-update-a-data-source": ["sha256:0dfb41a2696ff6af87c716a023b3d00a79c9f0972f6d461a90d87d12f630da83"],
      "API-update-page-markdown": ["sha256:47931d611234604a33102f64dfc4d3f254b3d40d13fe4557d09a01545069d66f"],
    },
  },
  "@playwright/mcp": {
    // 0.0.83: what the npm package lists over stdio, started as `cli.js --headless`
    versions: ["0.0.83"],
    tools: {
      browser_close: ["sha256:6893efbf65c16916aaf585232c0645bb5b4b485e248d977c57ecb8c9ee23942e"],
      browser_console_messages: ["sha256:673435d73eb2f6a09e369d8d5ad997f71e49bc0654f63b9250c7897afb1666e0"],
      browser_emulate_media: ["sha256:ec09a891fbe2185967f159b8c7b0bcba45fcfacfaed690487da685f839829ecd"],
      browser_evaluate: ["sha256:dfa0a03f6a55319bc4191eacd0336ac6307da9fe07b3f943bea1b001a8506487"],
      browser_find: ["sha256:9a3d95263be9af69da6f30d339aec2a48d34cedf415d723b5bd22b486d78f637"],
      browser_hover: ["sha256:787e9c7cd4b6b0640347a0850087511b8079e5acb2c4ce461d50fc110b86b539"],
      browser_navigate: ["sha256:4247ed1d3565bb5ef016ac183026669d9de0e05f164674d60688b8ebf3e97aa6"],
      browser_navigate_back: ["sha256:94ec837af4d487a113d79034f15f706ef3ba0c1ec81bf4e5f0e6479c51413927"],
      browser_network_request: ["sha256:7cf4da184f829ecdcd196ada88da93fcf3483aefb5b25542698ef410ff7dd2cd"],
      browser_network_requests: ["sha256:7f7880b8cd3d720435a2486367fb4f00fbb26655b75673997cfac9d5ca97b982"],
      browser_resize: ["sha256:7b685a3c83271f8f306500c7fdeee18d1e06a4b18306d31e8d85bfa20655e0e0"],
      browser_run_code_unsafe: ["sha256:e6d24ddc07c296439f898858b9b95836e7fd1e423d10a8bdf8985e52be0677c5"],
      browser_snapshot: ["sha256:d52a94e78e5ab1300c409c8c9bf896fb81d51c442165bdcee0f778557bf5c38a"],
      browser_tabs: ["sha256:c7ce49e4679eb49838285598b8d4aed7230a881ac299a86dfb86ae22985dace6"],
      browser_take_screenshot: ["sha256:dd6fc12185f8b265a4062a1c5f3bd980b5678bda5f6893851915ec454472a9bc"],
      browser_wait_for: ["sha256:e5f70847bee19549bafcf952fff5adfec4d7026e5754ea159303df926f2dc694"],
    },
  },
  "@upstash/context7-mcp": {
    // 4.1.1: what the npm package lists over stdio, started as `dist/index.js`
    versions: ["4.1.1"],
    tools: {
      "query-docs": ["sha256:a1060fd2accebf7b79da0e4677d701a58e198d57807c4a36c1198ab91122294e"],
      "resolve-library-id": ["sha256:458d47d83965f74f1e5f8bec522d67a8d8ec97a307afc9637f3c2cd165aad68c"],
    },
  },
};

/** By address, without a slash at its end. */
export const REMOTE_SHAPES: Readonly<Record<string, Pinned>> = {
  "https://api.githubcopilot.com/mcp": {
    // github/github-mcp-server@64a49f34d076b6f5917dae1424521d43c7bcae84: pkg/github/__toolsnaps__ of the server's source, which its tests hold to what it declares; not asked of the hosted one
    versions: ["github/github-mcp-server@64a49f34d076b6f5917dae1424521d43c7bcae84"],
    tools: {
      actions_get: ["sha256:545c56b5a8d2794f76593ab7bf307d1d493474191a09bb7fc699bb70c8d61572"],
      actions_list: ["sha256:86321ff57553307e893617bdde65b0d28b697519f507d5226b66d4ee6873954d"],
      add_comment_to_pending_review: [
        "sha256:f07963c05256d9624da9abdf55f2c0556ab68188b928b314459586043ddf3123",
      ],
      add_issue_comment: ["sha256:43ff673ebbf45f97074940d2dbda195ba6f70218143f2a4841143d7dccc0727e"],
      add_issue_comment_reaction: ["sha256:051a0783457b90999ebe860b654cd7e43cd71a9ee6011ca28af9b19dbd0d06e6"],
      add_issue_reaction: ["sha256:3cf5b70e63ea3ee96992abca02395d81d8e931217591d05c78ee14c8619809d4"],
      add_pull_request_review_comment: [
        "sha256:d1a6a6dffa0ad3cae639f2b2bd5322e4e2c9d5490a9ac00b89e7080f98f0a71e",
      ],
      add_pull_request_review_comment_reaction: [
        "sha256:df6dc4bc97cca8a4defbed1dabd74733e242355d98cd62030ddebf65016959de",
      ],
      add_reply_to_pull_request_comment: [
        "sha256:29260b05c2f61b165e79e620dfc985aec3f012016adf499d664aedb2707f0490",
      ],
      add_sub_issue: ["sha256:ab9ee41524f7968c85849fcaca18f1cf3a34662b7ef365d3acc1cdfddf8008b5"],
      create_branch: ["sha256:b04285cdd7e3c211ed6373dd072a8e6ab7b6808934c021a232670255a4db2db3"],
      create_gist: ["sha256:d452e18cfc89573e74414739fd1a149f5d0d9af966c25889f2e255147894cd94"],
      create_issue: ["sha256:2bdb8674d68a0d78a20b975d84c0f0e271772a3ea859287f7d2c1bd0d979dfd8"],
      create_or_update_file: ["sha256:d8a318d9d00a4e43083208cfd526cd666e60b8183e4335d522d793291e4d319d"],
      create_pull_request: ["sha256:d019006da7c70c2aba4cfcd1829475a28df4c19f8fb8fb24aa518c71866069bd"],
      create_pull_request_review: ["sha256:ac14311b188fe8660c7b066bfa0eedacf549ee27e9d2668695216bd577581a32"],
      create_repository: ["sha256:f1f6d4dc43e662363062f9df3fc570d28ee51aa2dd721047f702bd561047f3a8"],
      delete_file: ["sha256:ab9c7ea56d8a5ecd0e113506ab8d8625c1cc35b5d563c067a2ad692f7cf07dfe"],
      delete_pending_pull_request_review: [
        "sha256:2dbbb721a11ec10b541274e50f35719556f38088c15b7bd3e8c36f93b72146d3",
      ],
      delete_repository: ["sha256:e08ffe6d136daf8b538b884645f2267ee36ee027b041478625b235e93d6ca31e"],
      discussion_comment_write: ["sha256:209e432447d5542a2f490fc9651490ee19cffea1189ed595efb8551bf4b1dab5"],
      find_duplicate: ["sha256:748a4ba62dca41ca5bfccb72a9ee6ba3fb6016453dbaa70e0fb5e29f5933a83d"],
      fork_repository: ["sha256:de7cd5d8237107d1ca57092023739aab4c7c17c13ba7878da7c08cd8c48e78bf"],
      get_code_quality_finding: ["sha256:b95bcefbd8c021200c05eb2891b39f30bb330b9d7f7b3c2ae9a397cc69488f5c"],
      get_code_scanning_alert: ["sha256:8e26948b0410f47becab48cfb478dab4ce8511bd8bb5b85ba72fc3f5fa763af8"],
      get_commit: ["sha256:27f654bc688924d135a8f29073f30e6f0352c8f31247bb2645cd186eaa86c33b"],
      get_dependabot_alert: ["sha256:961b100fe73f465a35fec8017b901e930c3481e04146f4a1f393f91914d6e8ec"],
      get_discussion: ["sha256:36d144faed2517bbb4963c0288116b6e6bc71dc4fe7d43c32e70ca20d9af84b8"],
      get_discussion_comments: ["sha256:3c25a3e13aefd5ac71f5e053fe3fd481a7f735435439412d56a3ac8ac030f3ad"],
      get_file_blame: ["sha256:d2a1c962877c1ca86b0e1e33dbefe2226c306cc8941ee5646fe4500ce04a0ed9"],
      get_file_contents: ["sha256:de076459b4b8619954ced56bb8cbb655b242a0ee36a93fdfef1ca240de43814c"],
      get_gist: ["sha256:67da224c283ff4245b2f6d68a5f15430a19ae03febc82616ed9b0f1722ed2589"],
      get_global_security_advisory: [
        "sha256:c79aeebc9224d01569cef6972941adb63ce5fa6f0e9fdade7aeaa250083c83a7",
      ],
      get_job_logs: ["sha256:ad6dfe69f33fc362d336a528d928de196bd4caf46c2d1a4cb672417e2d75e7a4"],
      get_label: ["sha256:96df11115a613c7a8b19bb226a926bbae0cd9f18e1819fa29ea8198eedf1e9ef"],
      get_latest_release: ["sha256:baf6ff4366ec9654a0b51da524ec83f270767b548532ceaf9cbc29c33a5eb76f"],
      get_me: ["sha256:1f2facd698addc9a5892480ea4adc64929020f106a525ba23d0a83cbbc8992f4"],
      get_notification_details: ["sha256:b06ef9fb2831ffec23571b2a92e7cfdd5d651e6ce6e195a203cd79baabb639cc"],
      get_release_by_tag: ["sha256:9d85f230cfb8b7c069e45d215ba46a2678c09205f05b4ebcdcadf2a366c41275"],
      get_repository_tree: ["sha256:5ab26915d16bfe5d1ad29205b8247cd270cb9cb96d69e39baf63ed83df9de74f"],
      get_secret_scanning_alert: ["sha256:77305de3fce7532a0247e09d745af2de235f2fa29123f45d80e3a45494a8e4d2"],
      get_tag: ["sha256:5881ef8c9f743ccb28be5660e68607c313ef4806e2ffc34979d9546e40648eff"],
      get_team_members: ["sha256:56641c63fd5cd9aa61d1ec4655ed9e1dda66b48ca61cbdd43e3780a0aecf9011"],
      get_teams: ["sha256:94f9fa391419f522cd6fa1ceeb861828704e45acd55cb9605b705c36c88e62dd"],
      issue_dependency_read: ["sha256:dc44decf20e19f259fdc1de71092ff35e7296b8f2160cc2e7fb44c5460b4f262"],
      issue_read: ["sha256:3dcc31c84d8e34191c91d584ca662ac8debddb27db55d5a20148799686f4d5da"],
      issue_write: ["sha256:77e4c53755f79f47c5deea1cd62e6b00de9be9596e05d83182b00936a1e0fd86"],
      list_branches: ["sha256:5302e072dcf8be37f7c00c42c6b631d7b299e0290fc962996ff498ffc840ac52"],
      list_code_scanning_alerts: ["sha256:a32817f06f34037630463bbe94512957d2dc0bcc67f2964d39b0172507062d63"],
      list_commits: ["sha256:f7b3e01c3e27439b5a11b58ba23697a80375851f7829f346d3d19ac13df65135"],
      list_dependabot_alerts: ["sha256:cd54113dd5807ef003e3ed848cd8e4be9ef9db5331ffebd1bb47d67c173fe40a"],
      list_discussion_categories: ["sha256:1dfa1a7255863c5c1731780e12712ff7ae3087c72a87f8eed6bd5a74685cfc46"],
      list_discussions: ["sha256:3f8c2684f170183ab8e16809e9d2041fbf1c42cfd86da77b06704609f3c444c0"],
      list_gists: ["sha256:6925852f4d1c9b68c491ee19a2ff0909797047b4387ef1356558cf8fcbc6c04a"],
      list_global_security_advisories: [
        "sha256:65ccd6c8a9172b0603e4365854f06f1297ac4aa2d04eadfa451b199b8b3355b9",
      ],
      list_issue_fields: ["sha256:358bfbeb8be9a201d1255a9d7531ef01bf0ac91f7987cdb0398f1b23624cda22"],
      list_issue_types: ["sha256:cabd949c7ccb9f7c4e33d9cae6e80ead419679302a3766db075b676eb5a0318f"],
      list_issues: ["sha256:0fc7c3c22d9160629f56483e828566e1cca137bb2a28db6f5379cb6604c4fc66"],
      list_label: ["sha256:16a4d601e56c865326d1b37eb12de808ce38cba67f8f22534411d9ae6ef25e37"],
      list_notifications: ["sha256:a079b6ae9a5cc9a0147b7e554d178d1a473a13f1cfb5fd1a95d2b03ac94958a8"],
      list_org_repository_security_advisories: [
        "sha256:d67d9c78c18dc63e89e22e7584f6b687eee38afd00ce5b0ba94dced716d4459d",
      ],
      list_pull_requests: ["sha256:493cefd976cfe83c5b0a737a64332f3794e435911fe60c9120fecd40d9c158f5"],
      list_releases: ["sha256:2f1ce62e2a4b5c21d1fd42e88b6f1b6ddb073b3cf353a5046a0821ee6c4f4258"],
      list_repository_collaborators: [
        "sha256:c4784cc27e19804d5b2d004959352b8428dd32c4d423fb6227fa6927e3fd5b84",
      ],
      list_repository_security_advisories: [
        "sha256:30733534f537634da644751ec09b237ec78115d63be179b1f4bc2852dc329076",
      ],
      list_secret_scanning_alerts: [
        "sha256:5c8f0cd407a6eb59f17e65b53f37294817f3adc2c7a707f6ee0c2b4fdde7cef1",
      ],
      list_starred_repositories: ["sha256:993fb3e9868d057137b8c8f1d7a760e7da64481f16372c372485b646218cf26a"],
      list_tags: ["sha256:6c1c192ae7e86f43dcc3e11702521e109029b8b48b38958f078b6ea5585176dd"],
      merge_pull_request: ["sha256:51b40eb31c7e9cf35c72148882d1443e0d90553e503e9c9242f7866c8bf89455"],
      projects_get: ["sha256:136ee5f3b942363f54e12dc6d3b2b9cfe065cf8e31b809b80c5f68fccf2b8c1e"],
      projects_list: ["sha256:04d9c936688bcf9128070e6bfe4dfd737d964619c8305086421448840ecbcb91"],
      pull_request_read: ["sha256:943abd8a3d62e9fb0d8e3a52bab48ad95bce526fd11e677a397bc0e86d9b7817"],
      pull_request_review_write: ["sha256:03e89f49b9f156896f34a0c00364528517372337eb374a2982084d16e1ac4b5e"],
      push_files: ["sha256:8898880539eea3361a38317c5908eaa70f5d826f68c6952168c223049f50e6e9"],
      remove_sub_issue: ["sha256:9f2a32d4261c57fcbba3b7d3073c6490ec898a9d99c2d802bf0f632c1fa8799d"],
      reprioritize_sub_issue: ["sha256:1c2db7ad5be5efa5069c0174bbafec6dc93f1024c3b363704c3044c65abbb4c0"],
      request_pull_request_reviewers: [
        "sha256:1808a09391fb7e99ebae96948029bc845a0120575b422921b4029c456e1e8a87",
      ],
      resolve_review_thread: ["sha256:5839d983a8620ebba453ca3069d37e4a8eb285d3573d8454e5694e6fe0489ed9"],
      search_code: ["sha256:416401cd44197d43b9958b2998668f43bbb1b2970a808236e3b3e87e85d360b0"],
      search_commits: ["sha256:adb219e5a07d17ca72936b560a3977f02225c834aecf8f2e4b477554d14b43c2"],
      search_issues: ["sha256:fb131c071ad48ba040e10975c1320dc636e614b7739c8c020340081354a3c107"],
      search_orgs: ["sha256:54d9a96ee47a095da6556882ec2a8a1c907eea9369c05b4e9a77f0499a25f11f"],
      search_pull_requests: ["sha256:2ea81a7e84d4663be1d2864d37292f783e7bda46e647fd8752ce4f0c92caa09f"],
      search_repositories: ["sha256:0dd4110959ab6d8661a47cec3117a2d893ad5f316db7e173db5bcad07761bf17"],
      search_users: ["sha256:b7434f8ee0869ca7120db3891ba33465e0f8919e1bf4d32d4a4be7fbed70cb69"],
      star_repository: ["sha256:a721db6d77e8152910972a4180047680a4e96aa89fe038103b84f9c137424a58"],
      sub_issue_write: ["sha256:8088115449833309a7d034bf0b89558af1d2665a33ef87d40ae0430a4933c361"],
      submit_pending_pull_request_review: [
        "sha256:75b2d8981e69bd21137134764f175c2433d72e15f530061ebc3eb9b1a6359eaa",
      ],
      unresolve_review_thread: ["sha256:c4827f4250a2aaeac16fd3d2077cb609676945dee0a8c8b51db61d2620b36aca"],
      unstar_repository: ["sha256:e83157dd6a1f05486b83c8bf4ba24d487ca3b7cacfa2f69eb8aed1916056cdec"],
      update_gist: ["sha256:6fc61c0fa537a3295684696a5f44909f8b9fd2f8d2df87d979eaa1676bcd594b"],
      update_issue_assignees: ["sha256:aa8f073e482fc13407dc518c936064782396fc2b27a754bb8e45100773e4d428"],
      update_issue_body: ["sha256:f88fc31da599008133f10b5aba32f5b35397e967cc616ee4313d0bc59e46c210"],
      update_issue_labels: ["sha256:94c5042912b822ee615233b46643cd466acd6d5ff1aecd430aa4265500303110"],
      update_issue_milestone: ["sha256:465ffa860eace31f02ee36ba583fad5716b1383434eb327741294a387a9ca03e"],
      update_issue_state: ["sha256:6cfb159939ad988869e5ac08661e020ea6cef4bf94305906b745e613563ed8b5"],
      update_issue_title: ["sha256:ee9985a2564b897c5048eb70d0244d0ea02dda40eb7767e9c5c7be00fa9b1674"],
      update_issue_type: ["sha256:9ffa3815ef32ca7013a221ff5bb80ca97851b9d1868ebf67d5d489e44ef92ece"],
      update_pull_request: ["sha256:2226c45125894d4619c8567eaf11c4850971aced36b086f3f28de4d6c7e5752f"],
      update_pull_request_body: ["sha256:224963017cab0fffe8a76c1b77b9ce5760bd2efe90590d6b4bfc664e08d37482"],
      update_pull_request_branch: ["sha256:21e18c2ecc686c9620d0bc643e6ff4c6f6a6ca67bb2ab2b9ca02180874c218db"],
      update_pull_request_draft_state: [
        "sha256:44af2feb5f956c08f0539be892e2dbd6e9517102b7210725b3f8ec155530b078",
      ],
      update_pull_request_state: ["sha256:80acf221f56ce800e55a44f364517a904bffd6a433159cd09667a011f967ff15"],
      update_pull_request_title: ["sha256:cc94a7bc069c1b99f32f573e8e54a4e8c21da411e1afb09ccb1ba565acfae438"],
    },
  },
};
