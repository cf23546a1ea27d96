"""Policy texts of five shapes, made up here, come out as numbered clauses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clauses import (
    ClauseText,
    PolicyText,
    PolicyTextError,
    Snippet,
    find_in_text,
    match_clause,
    normalise_number,
    split_policy_text,
)

NUMBERED = """\t[bookmark: _GoBack]某市关于种好苹果树的实施意见

\u00a0
信息分类：其他文件
文件编号：某府发〔2001〕1号

\u3000\u3000
各乡镇：
\u3000\u3000为种好树，现提出意见。
\u3000\u30001.选好苗木。到2005年，种1.5万株。
3.5万株以后再说。
\u3000\u30002.挖好树坑。坑深一米。
\u3000\u30003.浇水。
 """

CHAPTERS = """各乡镇：
\u3000\u3000为办好集市，提出以下意见。
\u3000\u3000一、修好场地
\u3000\u3000（一）平整地面。先平东边。
\u3000\u3000（二）搭好棚子。棚高三米。

\u3000\u3000二、管好秩序
\u3000\u3000（三）定下时间。逢五开市。
"""

_PLAN = """
《某县养鱼方案》印发
{source}
为养好鱼，某县印发方案，三年见效。
&nbsp;
各鱼塘,各合作社:
现将方案印发给你们。
某县渔业小组
2020年1月2日
某县养鱼方案
为养好鱼,制定本方案。
一、总体要求
多养鱼。
养好鱼。

二、重点工作

(一)清塘。每年清一次。(责任单位:渔业站、各乡(镇、街道)政府)
(二)投苗。春天投苗。(责任单位:渔业站)
三、组织实施
渔业站负责。(责任单位:渔业站;水利站)
来源:某县渔业小组
"""
DOUBLED = f"当前位置:主页 >{_PLAN.format(source='来源:渔业网 点击:')}主页 >{_PLAN.format(source='2020 来源:渔业网')}"

POINTS = """各村：
　　《某镇修路计划（2001-2005年）》已经同意，现印发给你们。

　　某镇修路计划（2001-2005年）

　　为修好路，制订本计划。
　　一、总体思路
　　先修大路。

　　二、发展目标
　　五年修完。
　　--大路。修十里。
　　--小路。修百里。

　　三、重点任务
　　（一）备料。料要备足。一是采石。石要硬。二是运砂，砂要细。三是买灰。
　　（二）施工。分段进行。

　　四、保障措施
　　（一）筹钱。各村分摊。
"""

ITEMS = """　　某省2001年种茶工作指导意见

　　为种好茶，提出意见。
　　一、总体要求
　　种好茶。
　　二、主要工作
　　（一）整地。
　　1.先除草，再翻土，最后起垄。
　　责任单位：茶叶站，各村
　　2.施肥。用农家肥。
　　责任单位：茶叶站
　　（二）采茶。
　　清明前采。
　　责任单位：各村
　　（三）制茶。
　　做好准备。
　　1.建炒茶房。每村一间。
　　责任单位：茶叶站等部门
　　三、工作要求
　　（一）加强领导，形成合力。各村要重视。
"""


def numbers(policy: PolicyText) -> list[str]:
    return [clause.number for clause in policy.clauses]


def clause(policy: PolicyText, number: str) -> ClauseText:
    found = policy.find_clause(number)
    assert found is not None
    return found


def test_numbered_paragraphs_keep_their_numbers() -> None:
    policy = split_policy_text(NUMBERED)
    assert numbers(policy) == ["1", "2", "3"]
    assert policy.title == "某市关于种好苹果树的实施意见"
    assert policy.preamble == "各乡镇：\n为种好树，现提出意见。"
    assert (policy.summary, policy.closing) == ("", "")


def test_a_decimal_at_the_start_of_a_line_is_no_number_but_a_year_may_follow_one() -> None:
    first = clause(split_policy_text(NUMBERED), "1")
    assert (first.heading, first.text) == ("选好苗木", "到2005年，种1.5万株。\n3.5万株以后再说。")
    assert numbers(split_policy_text("1.2014年种树。\n2.2015年浇水。")) == ["1", "2"]


def test_a_single_sentence_is_text_and_no_heading() -> None:
    assert clause(split_policy_text(NUMBERED), "3") == ClauseText("3", "", "浇水。", 1)


def test_sections_that_run_through_the_chapters_need_no_chapter_in_their_number() -> None:
    policy = split_policy_text(CHAPTERS)
    assert numbers(policy) == ["(一)", "(二)", "(三)"]
    assert [clause.chapter for clause in policy.clauses] == ["一、修好场地", "一、修好场地", "二、管好秩序"]
    assert {clause.level for clause in policy.clauses} == {2}
    assert policy.title == ""


def test_a_text_that_stands_twice_on_its_page_comes_out_once() -> None:
    policy = split_policy_text(DOUBLED)
    assert numbers(policy) == ["一", "(一)", "(二)", "三"]
    assert clause(policy, "三").text == "渔业站负责。"
    assert clause(policy, "一").text == "多养鱼。\n养好鱼。"
    assert policy == split_policy_text(_PLAN)


def test_a_text_that_stands_three_times_comes_out_once() -> None:
    assert numbers(split_policy_text(DOUBLED + _PLAN)) == ["一", "(一)", "(二)", "三"]


def test_a_copy_that_breaks_off_between_clauses_is_left_out() -> None:
    assert numbers(split_policy_text(DOUBLED[: DOUBLED.rindex("(二)投苗")])) == ["一", "(一)", "(二)", "三"]


def test_the_publishers_summary_is_kept_apart() -> None:
    policy = split_policy_text(DOUBLED)
    assert policy.summary == "为养好鱼，某县印发方案，三年见效。"
    assert policy.title == "某县养鱼方案"
    assert policy.preamble.splitlines()[0] == "各鱼塘,各合作社:"
    assert policy.preamble.splitlines()[-1] == "为养好鱼,制定本方案。"
    assert policy.closing == "来源:某县渔业小组"


def test_copies_that_disagree_are_refused_with_the_clause() -> None:
    changed = "秋天投苗".join(DOUBLED.rsplit("春天投苗", 1))
    with pytest.raises(PolicyTextError) as caught:
        split_policy_text(changed)
    assert caught.value.place == "(二)"
    assert "不一致" in caught.value.message_zh


def test_units_in_parentheses_at_the_end_are_listed() -> None:
    policy = split_policy_text(DOUBLED)
    assert clause(policy, "(一)").text == "每年清一次。"
    assert clause(policy, "(一)").responsible_units == ("渔业站", "各乡(镇、街道)政府")
    assert clause(policy, "三").responsible_units == ("渔业站", "水利站")


def test_units_on_the_following_line_are_listed() -> None:
    policy = split_policy_text(ITEMS)
    assert clause(policy, "二(一)1").text == "先除草，再翻土，最后起垄。"
    assert clause(policy, "二(一)1").responsible_units == ("茶叶站", "各村")
    assert clause(policy, "二(二)").responsible_units == ("各村",)
    assert clause(policy, "二(三)1").responsible_units == ("茶叶站等部门",)
    assert clause(policy, "二(三)").responsible_units == ()


def test_units_of_a_chapter_with_clauses_are_not_lost() -> None:
    policy = split_policy_text("一、工作\n责任单位：各村\n（一）种树。多种。")
    assert [(c.number, c.responsible_units) for c in policy.clauses] == [("一", ("各村",)), ("(一)", ())]


@pytest.mark.parametrize("sentence", ["明确责任单位：各村要报。", "（责任单位：由镇里定。", "责任单位由镇里定。"])
def test_units_only_spoken_of_stay_in_the_text(sentence: str) -> None:
    assert split_policy_text(f"1.{sentence}").clauses == (ClauseText("1", "", sentence, 1),)


def test_points_inside_a_paragraph_are_clauses_of_their_section() -> None:
    policy = split_policy_text(POINTS)
    assert numbers(policy) == ["一", "二", "三(一)", "三(一)一", "三(一)二", "三(一)三", "三(二)", "四(一)"]
    assert (clause(policy, "三(一)").heading, clause(policy, "三(一)").text) == ("备料", "料要备足。")
    assert (clause(policy, "三(一)一").heading, clause(policy, "三(一)一").text) == ("采石", "石要硬。")
    assert clause(policy, "三(一)二").text == "运砂，砂要细。"
    assert clause(policy, "三(一)一").level == clause(policy, "三(一)").level + 1


def test_the_title_is_the_documents_own_and_not_the_notices() -> None:
    policy = split_policy_text(
        "关于印发养鱼计划的通知\n各村：\n现印发给你们。\n某县养鱼计划（试行）\n养好鱼。\n1.清塘。"
    )
    assert (policy.title, policy.preamble) == ("某县养鱼计划（试行）", "各村：\n现印发给你们。\n养好鱼。")


def test_dash_items_stay_with_their_chapter() -> None:
    assert clause(split_policy_text(POINTS), "二").text == "五年修完。\n--大路。修十里。\n--小路。修百里。"


@pytest.mark.parametrize("text", ["一是甲。三是乙。", "先一是甲。二是乙。", "一是甲。二是乙。又：一是丙。二是丁。"])
def test_what_is_no_single_list_of_points_stays_in_the_text(text: str) -> None:
    assert numbers(split_policy_text(f"1.{text}")) == ["1"]


def test_points_of_a_chapter_stay_in_its_text() -> None:
    policy = split_policy_text("十、要求\n一是快。二是好。\n十一、附则\n照办。")
    assert numbers(policy) == ["十", "十一"]
    assert clause(policy, "十").text == "一是快。二是好。"


def test_items_take_chapter_and_section_into_their_number() -> None:
    policy = split_policy_text(ITEMS)
    assert numbers(policy) == ["一", "二(一)", "二(一)1", "二(一)2", "二(二)", "二(三)", "二(三)1", "三(一)"]
    assert [clause.level for clause in policy.clauses] == [1, 2, 3, 3, 2, 2, 3, 2]
    assert policy.title == "某省2001年种茶工作指导意见"
    assert (clause(policy, "二(一)").heading, clause(policy, "二(一)").text) == ("整地", "")
    assert (clause(policy, "二(三)").heading, clause(policy, "二(三)").text) == ("制茶", "做好准备。")
    assert clause(policy, "三(一)").heading == "加强领导，形成合力"


def test_items_directly_under_chapters_take_the_chapter_when_they_start_again() -> None:
    again = "一、甲\n1.种树。\n2.浇水。\n二、乙\n1.收果。"
    assert numbers(split_policy_text(again)) == ["一1", "一2", "二1"]
    assert numbers(split_policy_text(again.replace("1.收果", "3.收果"))) == ["1", "2", "3"]


def test_a_chapter_with_words_of_its_own_is_a_clause_beside_its_sections() -> None:
    assert numbers(split_policy_text("一、甲\n先说一句。\n（一）种树。")) == ["一", "(一)"]


@pytest.mark.parametrize("again", ["收果", "浇水"])
def test_a_number_that_repeats_is_refused(again: str) -> None:
    with pytest.raises(PolicyTextError, match="repeats") as caught:
        split_policy_text(f"1.种树。\n2.浇水。\n2.{again}。")
    assert caught.value.place == "2"


@pytest.mark.parametrize(
    "raw", ["", " \n\u3000\n", "没有编号。", "涓€銆佸己鍖", "\x00\x01", "1.5万株。", "一、", "PK\x03"]
)
def test_a_text_without_a_clause_is_refused(raw: str) -> None:
    with pytest.raises(PolicyTextError, match="no numbered clause"):
        split_policy_text(raw)


@pytest.mark.parametrize("lost", [chr(0xFFFD), chr(0xDC80)])
def test_characters_lost_in_decoding_are_refused_with_their_line(lost: str) -> None:
    with pytest.raises(PolicyTextError) as caught:
        split_policy_text(f"各村：\n1.种{lost}树。")
    assert caught.value.place == "line 2"


def test_signature_and_date_are_the_closing_and_not_the_last_clause() -> None:
    policy = split_policy_text("1.种树。\n2.浇水。\n某镇人民政府\n2001年2月3日")
    assert policy.closing == "某镇人民政府\n2001年2月3日"
    assert policy.clauses[-1].text == "浇水。"


@pytest.mark.parametrize(
    "change", ["\n \r\n", "\n \r", "\u3000 &nbsp;", "（ (", "） )", "一） \t一\t）", "、 \t、\t", "\u3000 \u200b"]
)
@pytest.mark.parametrize("raw", [CHAPTERS, POINTS, ITEMS])
def test_line_ends_widths_and_odd_spaces_do_not_change_the_numbers(raw: str, change: str) -> None:
    old, new = change.split(" ")
    assert numbers(split_policy_text("\ufeff" + raw.replace(old, new))) == numbers(split_policy_text(raw))


@given(st.text(alphabet="一二三、（）(1.是)责任单位：。\n各村 的", max_size=80))
def test_any_text_is_split_with_unique_numbers_or_refused(raw: str) -> None:
    try:
        policy = split_policy_text(raw)
    except PolicyTextError:
        return
    assert len(set(numbers(policy))) == len(policy.clauses) > 0


def test_a_clause_is_found_however_its_number_is_written() -> None:
    policy = split_policy_text(ITEMS)
    assert policy.find_clause("二（一） ２") is clause(policy, "二(一)2")
    assert policy.find_clause("九") is None
    assert normalise_number("（十六）") == "(十六)"


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("种苹果树", "苹", [(1, 2)]),
        ("种 苹\n果树", "苹果", [(2, 5)]),
        ("种苹果", "苹 果", [(1, 3)]),
        ("用ＰＣＢ板", "pcb", [(1, 4)]),
        ("树树树", "树树", [(0, 2)]),
        ("树上树", "树", [(0, 1), (2, 3)]),
        ("用㎏计", "kg", [(1, 2)]),
        ("种树", "", []),
        ("种树", " \u3000", []),
        ("种树", "桃", []),
        ("", "桃", []),
    ],
)
def test_a_search_forgives_spaces_case_and_width(text: str, query: str, found: list[tuple[int, int]]) -> None:
    assert [(snippet.start, snippet.end) for snippet in find_in_text(text, query)] == found


def test_a_snippet_shows_what_stands_around_it() -> None:
    assert find_in_text("春天种苹果树秋天收", "苹果", context=2) == [Snippet(3, 5, "天种", "苹果", "树秋")]


def test_a_clause_is_searched_in_heading_text_and_units() -> None:
    made = ClauseText("1", "茶树", "种茶。", 1, responsible_units=("茶叶站",))
    assert [(snippet.part, snippet.start) for snippet in match_clause(made, "茶")] == [
        ("heading", 0),
        ("text", 1),
        ("responsible_units", 0),
    ]


@given(st.text(max_size=40), st.text(min_size=1, max_size=3))
def test_every_snippet_is_cut_from_the_text_where_it_says(text: str, query: str) -> None:
    for snippet in find_in_text(text, query, context=3):
        assert text[snippet.start : snippet.end] == snippet.match
        assert text[max(0, snippet.start - 3) : snippet.start] == snippet.before
